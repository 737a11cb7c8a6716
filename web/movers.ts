import type { MoverList } from '../schemas/mover.ts'
import { read } from './api.ts'
import { Failure } from './failure.ts'
import { counted, moment, percent } from './format.ts'
import { html } from './html.ts'
import { filtersIn } from './mover-filters.ts'
import { MoverForm } from './mover-form.ts'
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

function Ranking(props: {
  window: string
  filters: URLSearchParams
  direction: keyof typeof DIRECTIONS
}) {
  const { window, filters, direction } = props
  const query = new URLSearchParams([
    ...filters,
    ...Object.entries({ window, direction, limit: String(MAX_SHOWN) }),
  ]).toString()
  const { data, error } = usePolled(
    (signal) => read<MoverList>(`/movers?${query}`, signal),
    INTERVAL_MS,
    [query, token.value],
  )
  const none =
    filters.size > 0 ? 'No product with these filters moved this way.' : 'No price moved this way.'
  const heading = `movers-${direction}`
  return html`<section aria-labelledby=${heading} aria-busy=${!data && !error}>
    <h2 id=${heading}>${DIRECTIONS[direction]}${data && html` <small>${shownOf(data.items.length)}</small>`}</h2>
    <${Failure} error=${error} />
    ${data?.items.length === 0 && html`<p class="note">${none}</p>`}
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

/** Writes the window and the filters to the address, as a new entry in the browser's history. */
function show(window: string, filters: URLSearchParams): void {
  const query = new Map<string, string[]>()
  for (const name of filters.keys()) query.set(name, filters.getAll(name))
  const chosen = window === DEFAULT_WINDOW ? '' : window
  go(link('movers', { window: chosen, ...Object.fromEntries(query) }))
}

/** The products whose lowest price moved most. */
export function Movers() {
  const window = chosenWindow()
  const filters = filtersIn(route.value.query)
  return html`<main id="main">
    <div class="title"><${Title} text="Biggest movers" /></div>
    <fieldset class="choice">
      <legend>Within the last</legend>
      ${Object.entries(WINDOWS).map(
        ([value, name]) => html`<label>
          <input type="radio" name="window" value=${value} checked=${window === value}
            onChange=${() => show(value, filters)} />${name}</label>`,
      )}
    </fieldset>
    <${MoverForm} filters=${filters} onFilters=${(next: URLSearchParams) => show(window, next)} />
    <div class="columns">
      <${Ranking} window=${window} filters=${filters} direction="drop" />
      <${Ranking} window=${window} filters=${filters} direction="rise" />
    </div>
  </main>`
}
