import { closeDialog, Dialog, showDialog } from '../dialog.ts'
import { html } from '../html.ts'
import { tell } from '../messages.ts'

/** Copies a secret to the clipboard; if the browser refuses, it is there to be copied by hand. */
async function copy(secret: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(secret)
    tell('Copied the secret.')
  } catch {
    tell('The browser does not allow that. Select the secret and copy it.')
  }
}

/** Shows the secret of the webhook with this URL, which is not shown again. */
export function showSecret(url: string, secret: string, note: string): void {
  // In a later task, because the dialog that asked for it closes first.
  setTimeout(() =>
    showDialog(
      () => html`<${Dialog} title="The secret of the webhook">
        <p class="wrap">${url}</p>
        <p><code class="wrap secret" tabindex="0">${secret}</code></p>
        <p>It is shown this once only. ${note}</p>
        <div class="buttons">
          <button type="button" class="plain" onClick=${() => copy(secret)}>Copy</button>
          <button type="button" onClick=${closeDialog}>I have kept it</button>
        </div>
      </${Dialog}>`,
    ),
  )
}
