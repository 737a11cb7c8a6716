import type { Alert } from '../../schemas/alert.ts'
import { now } from '../clock.ts'
import { Failure } from '../failure.ts'
import { ago, moment } from '../format.ts'
import { html } from '../html.ts'
import { link } from '../router.ts'
import { ShowMore } from '../show-more.ts'
import { Title } from '../title.ts'
import { usePages } from '../use-pages.ts'
import { useReload } from '../use-reload.ts'
import { AboutWhat } from './about.ts'
import { alertChanges } from './actions.ts'
import { FiringsView } from './firings.ts'
import { openAlertDialog } from './open.ts'
import { Switch } from './switch.ts'
import { useFired } from './use-fired.ts'
import { productIdsOf, useNames } from './use-names.ts'
import { inWords } from './words.ts'

const EVERYTHING = { product_id: null, tag: null }

function LastFired({ at }: { at: string | null }) {
  if (at === null) return html`never fired`
  return html`fired <time datetime=${at} title=${moment(at)}>${ago(at, now.value)}</time>`
}

function Row({ alert, names }: { alert: Alert; names: ReadonlyMap<string, string> | undefined }) {
  const { id, name, condition, last_fired_at: firedAt } = alert
  return html`<li class="entry">
    <div class="what">
      <a href=${link(`alerts/${id}`)}>${name}</a>
      <span class="description">When ${inWords(condition)}</span>
    </div>
    <div class="wrap"><${AboutWhat} about=${alert} names=${names} /></div>
    <div class="fresh"><${LastFired} at=${firedAt} /></div>
    <${Switch} alert=${alert} />
  </li>`
}

function AlertsList() {
  const { items, error, reload, readMore } = usePages<Alert>('/alerts')
  useReload(reload, String(alertChanges.value))
  useFired(reload)
  const names = useNames(productIdsOf(items ?? []))
  const ask = () => openAlertDialog({ about: EVERYTHING, range: { name: '30d' } })
  return html`<main id="main" aria-busy=${!items && !error}>
    <div class="title">
      <${Title} text="Alerts" />
      <button type="button" onClick=${ask}>New alert</button>
    </div>
    <${Failure} error=${error} />
    ${
      items?.length === 0 &&
      html`<p class="note">There are no alerts yet. Open a product and choose “Tell me when…”.</p>`
    }
    <ul class="rows" aria-label="Alerts">
      ${items?.map((alert) => html`<${Row} key=${alert.id} alert=${alert} names=${names} />`)}
    </ul>
    <${ShowMore} readMore=${readMore} />
  </main>`
}

/** The alerts, or one of them with its firings. `path` can hold its id. */
export function Alerts({ path: [id] }: { path: string[] }) {
  return id === undefined ? html`<${AlertsList} />` : html`<${FiringsView} id=${id} />`
}
