import { signal } from '@preact/signals'
import { html } from './html.ts'

/** How long a message stays: long enough to read it and to reach its button. */
const SHOWN_MS = 20_000

/** A message to the user. */
interface UserMessage {
  key: number
  text: string
  failed: boolean
  /** What the user can do about it. The message closes when they do. */
  action?: { label: string; run: () => unknown }
}

const messages = signal<UserMessage[]>([])
let lastKey = 0

function dismiss(key: number): void {
  messages.value = messages.value.filter((message) => message.key !== key)
}

function add(message: Omit<UserMessage, 'key'>): void {
  lastKey += 1
  const key = lastKey
  messages.value = [...messages.value.slice(-3), { ...message, key }]
  const dismissUnlessUsed = () => {
    // A dialog covers the messages, so that they cannot be used.
    const used = document.querySelector(
      `[data-message="${key}"]:is(:hover, :focus-within), dialog[open]`,
    )
    if (used) setTimeout(dismissUnlessUsed, SHOWN_MS)
    else dismiss(key)
  }
  setTimeout(dismissUnlessUsed, SHOWN_MS)
}

/** Reports something that was done, with a way to undo it if there is one. */
export function tell(text: string, action?: UserMessage['action']): void {
  add({ text, failed: false, action })
}

/** Reports a failure, with a way to try again if there is one. */
export function tellFailure(what: string, error: unknown, action?: UserMessage['action']): void {
  add({ text: `${what}: ${(error as Error).message}`, failed: true, action })
}

/** The recent messages. */
export function Messages() {
  const shown = ({ key, text, failed, action }: UserMessage) => html`
    <li key=${key} data-message=${key} class=${failed ? 'message failed' : 'message'}>
      <span>${text}</span>
      ${
        action &&
        html`<button type="button" onClick=${() => {
          dismiss(key)
          action.run()
        }}>${action.label}</button>`
      }
      <button type="button" class="plain" aria-label="Dismiss this message"
        onClick=${() => dismiss(key)}>✕</button>
    </li>`
  const listed = (failed: boolean) =>
    html`<ul>${messages.value.filter((one) => one.failed === failed).map(shown)}</ul>`
  return html`<div class="messages">
    <div role="status" aria-label="Messages">${listed(false)}</div>
    <div role="alert" aria-label="Failures">${listed(true)}</div>
  </div>`
}
