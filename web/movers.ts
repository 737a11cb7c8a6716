import type { MoverList } from '../schemas/mover.ts'
import { read } from './api.ts'
import { Failure } from './failure.ts'
import { counted, moment, percent } from './format.ts'
import { html } from './html.ts'
import { price } from './price.ts'
import { go, link, productLink, route } from './router.ts'
import { Title } from './title.ts'
import { token } from './token.ts'
import { usePolled } from './use-polled.ts'

/** The service scans the catalogue no more often than this. */
const INTERVAL_MS = 30_000

const WINDOWS = { '1h': '1 hour', '24h': '24 hours', '7d': '7 days', '30d': '30 days' }
const DEFAULT_WINDOW = '24h'
const DIRECTIONS = { drop: 'Drops', rise: 'Rises' }

/** The number of movers shown in each direction. */
const MAX_SHOWN = 20

const shownOf = (number: number) =>
  number === MAX_SHOWN ? `the ${MAX_SHOWN} biggest` : counted(number, 'product')

function Ranking({ window, direction }: { window: string; direction: keyof typeof DIRECTIONS }) {
  const { data, error } = usePolled(
    (signal) =>
      read<MoverList>(`/movers?window=${window}&direction=${direction}&limit=${MAX_SHOWN}`, signal),
    INTERVAL_MS,
    [window, direction, token.value],
  )
  const heading = `movers-${direction}`
  return html`<section aria-labelledby=${heading} aria-busy=${!data && !error}>
    <h2 id=${heading}>${DIRECTIONS[direction]}${data && html` <small>${shownOf(data.items.length)}</small>`}</h2>
    <${Failure} error=${error} />
    ${data?.items.length === 0 && html`<p class="note">No price moved this way.</p>`}
    <ol class="movers">
      ${data?.items.map(
        ({ product_id, name, first, last, change }) => html`<li key=${product_id}>
          <a href=${productLink(product_id)}>${name}</a>
          <span class="number">${price(first)} → ${price(last)}</span>
          <strong class=${`number ${direction}`}>${percent(change.percent)}</strong>
        </li>`,
      )}
    </ol>
    ${data && html`<p class="note">As of ${moment(data.to)}.</p>`}
  </section>`
}

/** The window in the address. */
function chosenWindow(): string {
  const window = route.value.query.get('window') ?? ''
  return Object.hasOwn(WINDOWS, window) ? window : DEFAULT_WINDOW
}

/** Writes a window to the address, as a new entry in the browser's history. */
function choose(window: string): void {
  go(link('movers', { window: window === DEFAULT_WINDOW ? '' : window }))
}

/** The products whose lowest price moved most. */
export function Movers() {
  const window = chosenWindow()
  return html`<main id="main">
    <div class="title"><${Title} text="Biggest movers" /></div>
    <fieldset class="choice">
      <legend>Within the last</legend>
      ${Object.entries(WINDOWS).map(
        ([value, name]) => html`<label>
          <input type="radio" name="window" value=${value} checked=${window === value}
            onChange=${() => choose(value)} />${name}</label>`,
      )}
    </fieldset>
    <div class="columns">
      <${Ranking} window=${window} direction="drop" />
      <${Ranking} window=${window} direction="rise" />
    </div>
  </main>`
}
