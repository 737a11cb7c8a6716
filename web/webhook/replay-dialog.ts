import { useState } from 'preact/hooks'
import type { Webhook } from '../../schemas/webhook.ts'
import { closeDialog, Dialog, showDialog } from '../dialog.ts'
import { TextField } from '../fields.ts'
import { html } from '../html.ts'
import { wholeIn } from '../number-in.ts'
import { useChange } from '../use-change.ts'
import { replay } from './actions.ts'

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

/** Opens the dialog that asks from where on to deliver again. */
export function askToReplay(webhook: Webhook, after = String(webhook.cursor)): void {
  showDialog(() => html`<${Replay} webhook=${webhook} initial=${after} />`)
}
