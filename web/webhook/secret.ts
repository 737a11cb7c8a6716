import { useState } from 'preact/hooks'
import { closeDialog, Dialog, showDialog } from '../dialog.ts'
import { html } from '../html.ts'

/** Copies a secret to the clipboard, and returns how that went; if the browser refuses, it can be copied by hand. */
async function copy(secret: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(secret)
    return 'Copied the secret.'
  } catch {
    return 'The browser does not allow that. Select the secret and copy it.'
  }
}

function Secret({ url, secret, note }: { url: string; secret: string; note: string }) {
  const [told, setTold] = useState('') // Not a message of the page, which the dialog would cover.
  return html`<${Dialog} title="The secret of the webhook">
    <p class="wrap">${url}</p>
    <p><code class="wrap secret" tabindex="0">${secret}</code></p>
    <p>It is shown this once only. ${note}</p>
    <p role="status">${told}</p>
    <div class="buttons">
      <button type="button" class="plain" onClick=${async () => setTold(await copy(secret))}>Copy</button>
      <button type="button" onClick=${closeDialog}>I have kept it</button>
    </div>
  </${Dialog}>`
}

/** Shows the secret of the webhook with this URL, which is not shown again. */
export function showSecret(url: string, secret: string, note: string): void {
  // In a later task, because the dialog that asked for it closes first.
  setTimeout(() => showDialog(() => html`<${Secret} url=${url} secret=${secret} note=${note} />`))
}
