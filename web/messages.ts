import { signal } from '@preact/signals'
import { html } from './html.ts'
import { focusTitle } from './title.ts'

/** Long enough to be read, and to reach for the button in it. */
const SHOWN_MS = 20_000

/** Something that happened, told to the person. */
interface Message {
  key: number
  text: string
  failed: boolean
  /** What can be done about it; the message goes when it is. */
  action?: { label: string; run: () => unknown }
}

const messages = signal<Message[]>([])
let lastKey = 0

function dismiss(key: number): void {
  messages.value = messages.value.filter((message) => message.key !== key)
}

/** The same by a button in it, which takes the focus along. */
function leave(key: number): void {
  dismiss(key)
  focusTitle()
}

function add(message: Omit<Message, 'key'>): void {
  lastKey += 1
  const key = lastKey
  messages.value = [...messages.value.slice(-3), { ...message, key }]
  const dismissUnlessUsed = () => {
    const used = document.querySelector(`[data-message="${key}"]:is(:hover, :focus-within)`)
    if (used) setTimeout(dismissUnlessUsed, SHOWN_MS)
    else dismiss(key)
  }
  setTimeout(dismissUnlessUsed, SHOWN_MS)
}

/** Tells that something was done, with a way to undo it where there is one. */
export function tell(text: string, action?: Message['action']): void {
  add({ text, failed: false, action })
}

/** Tells that something failed, with a way to try it again where there is one. */
export function tellFailure(what: string, error: unknown, action?: Message['action']): void {
  add({ text: `${what}: ${(error as Error).message}`, failed: true, action })
}

/** The messages of the last seconds. */
export function Messages() {
  const shown = ({ key, text, failed, action }: Message) => html`
    <li key=${key} data-message=${key} class=${failed ? 'message failed' : 'message'}>
      <span>${text}</span>
      ${
        action &&
        html`<button type="button" onClick=${() => {
          leave(key)
          action.run()
        }}>${action.label}</button>`
      }
      <button type="button" class="plain" aria-label="Dismiss this message"
        onClick=${() => leave(key)}>✕</button>
    </li>`
  const listed = (failed: boolean) =>
    html`<ul>${messages.value.filter((one) => one.failed === failed).map(shown)}</ul>`
  return html`<div class="messages">
    <div role="status" aria-label="Messages">${listed(false)}</div>
    <div role="alert" aria-label="Failures">${listed(true)}</div>
  </div>`
}
