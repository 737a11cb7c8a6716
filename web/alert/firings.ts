import type { Alert, AlertFiring } from '../../schemas/alert.ts'
import { call, RequestFailed } from '../api.ts'
import type { Version } from '../conflict.ts'
import { askToDelete } from '../delete-dialog.ts'
import { Failure } from '../failure.ts'
import { moment } from '../format.ts'
import { html } from '../html.ts'
import { price } from '../price.ts'
import { go, link, productLink } from '../router.ts'
import { ShowMore } from '../show-more.ts'
import { Title } from '../title.ts'
import { token } from '../token.ts'
import { usePages } from '../use-pages.ts'
import { usePolled } from '../use-polled.ts'
import { useReload } from '../use-reload.ts'
import { AboutWhat } from './about.ts'
import { alertChanges, deleteAlert, pathOf } from './actions.ts'
import { openAlertDialog } from './open.ts'
import { Switch } from './switch.ts'
import { useFired } from './use-fired.ts'
import { useNames } from './use-names.ts'
import { inWords, lasting } from './words.ts'

/** How often the alert is read again. */
const INTERVAL_MS = 10_000

function askToDeleteAlert(opened: Version<Alert>): void {
  askToDelete({
    ...{ what: 'alert', path: pathOf(opened.data), opened, run: deleteAlert },
    text: 'What it has told will be deleted with it.',
    detailsOf: ({ condition }) => `When ${inWords(condition)}`,
    onGone: () => go(link('alerts')),
  })
}

/** The rule of an alert in words. */
function Rule({ alert, names }: { alert: Alert; names: ReadonlyMap<string, string> | undefined }) {
  const { condition, cooldown_s: cooldown, rearm_percent: margin } = alert
  return html`<p class="wrap">
    Tells about <${AboutWhat} about=${alert} names=${names} /> when ${inWords(condition)}${
      cooldown > 0 && `, at most once in ${lasting(cooldown)}`
    }${margin > 0 && `, armed again by a margin of ${margin} %`}.
  </p>`
}

function FiringsTable({
  items,
  names,
}: {
  items: AlertFiring[]
  names: ReadonlyMap<string, string> | undefined
}) {
  const column = (name: string) =>
    html`<th scope="col" role="columnheader" class="number">${name}</th>`
  const cell = (label: string, value: number | null) =>
    html`<td role="cell" class="number" data-label=${label}>${price(value)}</td>`
  return html`<div class="windows firings stacked" tabindex="0" role="region" aria-label="Firings"><table role="table">
    <thead role="rowgroup"><tr role="row">
      <th scope="col" role="columnheader">When</th><th scope="col" role="columnheader">Product</th>
      ${['Price', 'Before', 'Compared with'].map(column)}
    </tr></thead>
    <tbody role="rowgroup">${items.map(
      ({
        product_id: id,
        at,
        price: value,
        previous_price: before,
        reference,
      }) => html`<tr key=${at + id} role="row">
        <th scope="row" role="rowheader"><time datetime=${at}>${moment(at)}</time></th>
        <td role="cell" data-label="Product"><a href=${productLink(id)}>${names?.get(id) ?? 'Product'}</a></td>
        ${cell('Price', value)}${cell('Before', before)}${cell('Compared with', reference)}
      </tr>`,
    )}</tbody>
  </table></div>`
}

function Shown({ opened }: { opened: Version<Alert> }) {
  const { data: alert } = opened
  const { items, error, reload, readMore } = usePages<AlertFiring>(`/alerts/${alert.id}/firings`)
  useFired(reload)
  const ids = (items ?? []).map(({ product_id: id }) => id)
  const names = useNames(alert.product_id === null ? ids : [alert.product_id])
  const edit = () => openAlertDialog({ about: alert, opened, range: { name: '30d' } })
  return html`
    <div class="title">
      <${Title} text=${alert.name} />
      <div class="buttons">
        <button type="button" class="plain" onClick=${edit}>Edit</button>
        <button type="button" class="plain" onClick=${() => askToDeleteAlert(opened)}>Delete</button>
      </div>
    </div>
    <${Rule} alert=${alert} names=${names} />
    <${Switch} alert=${alert} />
    <h2>Firings</h2>
    <${Failure} error=${error} />
    <div aria-live="polite">${items?.length === 0 && html`<p class="note">It has not fired yet.</p>`}</div>
    ${items && items.length > 0 && html`<${FiringsTable} items=${items} names=${names} />`}
    <${ShowMore} readMore=${readMore} />`
}

/** An alert with its firings. */
export function FiringsView({ id }: { id: string }) {
  const { data, error, reload } = usePolled(
    (signal) => call<Alert>(`/alerts/${encodeURIComponent(id)}`, { signal }),
    INTERVAL_MS,
    [id, token.value],
  )
  useReload(reload, String(alertChanges.value))
  const missing = error instanceof RequestFailed && [400, 404].includes(error.status)
  if (missing) {
    return html`<main id="main">
      <div class="title"><${Title} text=${data ? 'This alert was deleted' : 'There is no such alert'} /></div>
      <p><a href=${link('alerts')}>Go to the alerts</a></p>
    </main>`
  }
  return html`<main id="main" aria-busy=${!data && !error}>
    ${error && !data && html`<div class="title"><${Title} text="Alert" /></div>`}
    <${Failure} error=${error} />
    ${data && html`<${Shown} opened=${data} />`}
  </main>`
}
