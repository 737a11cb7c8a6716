import { useState } from 'preact/hooks'
import type { ChangeType } from '../../schemas/change.ts'
import type { Webhook } from '../../schemas/webhook.ts'
import { closeDialog, Dialog, showDialog } from '../dialog.ts'
import { TextField } from '../fields.ts'
import { html } from '../html.ts'
import { useChange } from '../use-change.ts'
import { createWebhook, replay } from './actions.ts'
import { TYPE_NAMES, TYPES } from './state.ts'

interface Typed {
  url: string
  types: ChangeType[]
  size: string
}

const wholeIn = (text: string) => (/^\s*\d{1,16}\s*$/.test(text) ? Number(text) : undefined)

function faultsOf({ url, size }: Typed): { url?: string; size?: string } {
  const changes = wholeIn(size)
  return {
    ...(!/^\s*https?:\/\/\S+\s*$/.test(url) && { url: 'Enter an http or https URL' }),
    ...((!changes || changes > 1_000) && { size: 'Enter a number from 1 to 1,000' }),
  }
}

function CreateWebhook({ initial }: { initial: Typed }) {
  const [typed, setTyped] = useState(initial)
  const [tried, setTried] = useState(false)
  const { busy, failure, start } = useChange('Not created', () => askForWebhook(typed))
  const { url, types, size } = typed
  const faults = faultsOf(typed)
  const shown = tried ? faults : {}
  const type = (change: Partial<Typed>) => setTyped({ ...typed, ...change })
  function submit(event: SubmitEvent) {
    event.preventDefault()
    setTried(true)
    if (Object.keys(faults).length > 0)
      return document.getElementById(`webhook-${faults.url ? 'url' : 'size'}`)?.focus()
    void start(() => createWebhook({ url: url.trim(), types, batch_size: Number(size) }))
  }
  const toggle = (one: ChangeType) =>
    type({ types: types.includes(one) ? types.filter((other) => other !== one) : [...types, one] })
  return html`<${Dialog} title="New webhook">
    <form novalidate onSubmit=${submit}>
      <${TextField} id="webhook-url" label="URL" value=${url} fault=${shown.url}
        placeholder="https://shop.example.com/hooks/prices" onType=${(url: string) => type({ url })} />
      <fieldset class="types">
        <legend>Tell it when… (none chosen: of everything)</legend>
        ${TYPES.map(
          (
            one,
          ) => html`<label class="check" key=${one}><input type="checkbox" checked=${types.includes(one)}
            onChange=${() => toggle(one)} />${TYPE_NAMES[one]}</label>`,
        )}
      </fieldset>
      <${TextField} id="webhook-size" label="The most changes in a message" numeric value=${size}
        fault=${shown.size} onType=${(size: string) => type({ size })} />
      ${failure && html`<p class="failure" role="alert">${failure}</p>`}
      <div class="buttons">
        <button type="button" class="plain" onClick=${closeDialog}>Cancel</button>
        <button aria-disabled=${busy}>Create</button>
      </div>
    </form>
  </${Dialog}>`
}

function Replay({ webhook, initial }: { webhook: Webhook; initial: string }) {
  const [after, setAfter] = useState(initial)
  const [tried, setTried] = useState(false)
  const { busy, failure, start } = useChange('Not replayed', () => askToReplay(webhook, after))
  const position = wholeIn(after)
  const fault = tried && position === undefined ? 'Enter the number of a change' : undefined
  function submit(event: SubmitEvent) {
    event.preventDefault()
    setTried(true)
    if (position === undefined) document.getElementById('replay-after')?.focus()
    else void start(() => replay(webhook, position))
  }
  return html`<${Dialog} title="Deliver changes again">
    <form novalidate onSubmit=${submit}>
      <p class="wrap">${webhook.url}</p>
      <${TextField} id="replay-after" label="All changes after number" numeric value=${after}
        fault=${fault} onType=${setAfter} />
      <p class="note"><small>The last one that was delivered is ${webhook.cursor}. 0 is for all that the feed still has.</small></p>
      ${failure && html`<p class="failure" role="alert">${failure}</p>`}
      <div class="buttons">
        <button type="button" class="plain" onClick=${closeDialog}>Cancel</button>
        <button aria-disabled=${busy}>Deliver again</button>
      </div>
    </form>
  </${Dialog}>`
}

/** Opens the dialog that creates a webhook, with what was already typed. */
export function askForWebhook(typed: Typed = { url: '', types: [], size: '1' }): void {
  showDialog(() => html`<${CreateWebhook} initial=${typed} />`)
}

/** Opens the dialog that asks from where on to deliver again. */
export function askToReplay(webhook: Webhook, after = String(webhook.cursor)): void {
  showDialog(() => html`<${Replay} webhook=${webhook} initial=${after} />`)
}
