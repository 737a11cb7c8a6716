import { closeDialog, Dialog, showDialog } from './dialog.ts'
import { html } from './html.ts'
import { useChange } from './use-change.ts'

/** Something that cannot be undone. */
interface Question {
  title: string
  /** What it is about. */
  subject: string
  /** What follows from it. */
  text: string
  /** The buttons. */
  keep: string
  action: string
  /** What a failure message begins with. */
  failed: string
  run: () => Promise<unknown>
}

function Confirm({ question }: { question: Question }) {
  const { title, subject, text, keep, action, failed, run } = question
  const { busy, failure, start } = useChange(failed, () => confirm(question))
  return html`<${Dialog} title=${title}>
    <p class="wrap"><strong>${subject}</strong></p>
    <p>${text}</p>
    ${failure && html`<p class="failure" role="alert">${failure}</p>`}
    <div class="buttons">
      <button type="button" class="plain" onClick=${closeDialog}>${keep}</button>
      <button type="button" class="danger" aria-disabled=${busy} onClick=${() => start(run)}>${action}</button>
    </div>
  </${Dialog}>`
}

/** Asks before something is done, and reports why if it fails. */
export function confirm(question: Question): void {
  showDialog(() => html`<${Confirm} question=${question} />`)
}
