import { useState } from 'preact/hooks'
import { tokenRequired } from './api.ts'
import { html } from './html.ts'
import { focusTitle } from './title.ts'
import { setToken, token } from './token.ts'

/** The button that forgets the API token; empty if there is none to forget. */
export function ForgetToken() {
  if (tokenRequired.value || !token.value) return null
  return html`<button type="button" class="plain" onClick=${() => setToken('')}>Forget the token</button>`
}

/** The form to enter the API token; empty if none is required. A dialog has its own, because it covers the page. */
export function TokenForm({ id = 'token' }: { id?: string }) {
  const [entered, setEntered] = useState('')
  if (!tokenRequired.value) return null
  function submit(event: Event) {
    event.preventDefault()
    setToken(entered.trim())
    setEntered('')
    focusTitle()
  }
  return html`<form class="token" onSubmit=${submit}>
    <label for=${id}>
      ${token.value ? 'The API refused this token. Enter another one:' : 'The API requires a token:'}
    </label>
    <input id=${id} type="password" autocomplete="off" required
      pattern="\\s*[!-~]+\\s*" title="Visible ASCII characters without spaces" value=${entered}
      onInput=${({ currentTarget }: { currentTarget: HTMLInputElement }) => setEntered(currentTarget.value)} />
    <button>Use it</button>
    <small>The token is kept until you close this tab.</small>
  </form>`
}
