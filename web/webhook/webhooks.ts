import { useState } from 'preact/hooks'
import type { Webhook } from '../../schemas/webhook.ts'
import { AboutWhat } from '../alert/about.ts'
import { productIdsOf, useNames } from '../alert/use-names.ts'
import { confirm } from '../confirm.ts'
import { Failure } from '../failure.ts'
import { html } from '../html.ts'
import { OnOff } from '../on-off.ts'
import { ShowMore } from '../show-more.ts'
import { Title } from '../title.ts'
import { usePages } from '../use-pages.ts'
import { useReload } from '../use-reload.ts'
import { deleteWebhook, rotateSecret, setEnabled, testWebhook, webhookChanges } from './actions.ts'
import { askForWebhook } from './create-dialog.ts'
import { askToReplay } from './replay-dialog.ts'
import { contentsOf, stateOf } from './state.ts'

interface EntryProps {
  webhook: Webhook
  /** The names of products, by id. */
  names: ReadonlyMap<string, string> | undefined
}

function askToRotate(webhook: Webhook): void {
  confirm({
    title: 'Replace the secret?',
    subject: webhook.url,
    text: 'For a time, messages are signed with both secrets. The new one is shown once.',
    keep: 'Keep it',
    action: 'Replace it',
    failed: 'Not replaced',
    run: () => rotateSecret(webhook),
  })
}

function askToDelete(webhook: Webhook): void {
  confirm({
    title: 'Delete this webhook?',
    subject: webhook.url,
    text: 'Nothing more is delivered to it.',
    keep: 'Keep it',
    action: 'Delete it',
    failed: 'Not deleted',
    run: () => deleteWebhook(webhook),
  })
}

/** What the changes that a webhook is told of must be about; nothing if they can be about anything. */
function Limits({ webhook: { product_id: id, tag }, names }: EntryProps) {
  const limits = [
    ...(id === null ? [] : [{ product_id: id, tag: null }]),
    ...(tag === null ? [] : [{ product_id: null, tag }]),
  ]
  return limits.map((about) => html`; only about <${AboutWhat} about=${about} names=${names} />`)
}

function Entry({ webhook, names }: EntryProps) {
  const [busy, setBusy] = useState(false)
  const { url, enabled } = webhook
  const { text, bad } = stateOf(webhook)
  async function during(run: () => Promise<void>) {
    setBusy(true)
    await run()
    setBusy(false)
  }
  const button = (label: string, run: () => unknown) =>
    html`<button type="button" class="plain" aria-disabled=${busy} aria-label=${`${label}: ${url}`}
      onClick=${() => busy || run()}>${label}</button>`
  return html`<li class="webhook">
    <div class="title">
      <strong class="wrap">${url}</strong>
      <${OnOff} on=${enabled} busy=${busy} label=${`Deliver to ${url}`}
        onChange=${() => during(() => setEnabled(webhook, !enabled))} />
    </div>
    <p class="description wrap">${contentsOf(webhook)}<${Limits} webhook=${webhook} names=${names} /></p>
    <p class=${bad ? 'bad wrap' : 'wrap'}>${text}</p>
    <div class="buttons">
      ${button('Send a test', () => during(() => testWebhook(webhook)))}
      ${button('Deliver again…', () => askToReplay(webhook))}
      ${button('Replace the secret…', () => askToRotate(webhook))}
      ${button('Delete', () => askToDelete(webhook))}
    </div>
  </li>`
}

/** The webhooks, with how their deliveries go. */
export function Webhooks() {
  const { items, error, reload, readMore } = usePages<Webhook>('/webhooks')
  useReload(reload, String(webhookChanges.value))
  const names = useNames(productIdsOf(items ?? []))
  return html`<main id="main" aria-busy=${!items && !error}>
    <div class="title">
      <${Title} text="Webhooks" />
      <button type="button" onClick=${() => askForWebhook()}>New webhook</button>
    </div>
    <${Failure} error=${error} />
    ${
      items?.length === 0 &&
      html`<p class="note">There are no webhooks yet. One sends the changes to a URL of yours as they happen.</p>`
    }
    <ul class="rows" aria-label="Webhooks">
      ${items?.map((webhook) => html`<${Entry} key=${webhook.id} webhook=${webhook} names=${names} />`)}
    </ul>
    <${ShowMore} readMore=${readMore} />
  </main>`
}
