import { useState } from 'preact/hooks'
import { tokenRequired } from './api.ts'
import { html } from './html.ts'
import { focusTitle } from './title.ts'
import { setToken, token } from './token.ts'

/** The form to enter or forget the API token; empty if no token is required. */
export function TokenForm() {
  const [entered, setEntered] = useState('')
  if (!tokenRequired.value) {
    return (
      token.value &&
      html`<button type="button" class="plain" onClick=${() => setToken('')}>Forget the token</button>`
    )
  }
  function submit(event: Event) {
    event.preventDefault()
    setToken(entered.trim())
    setEntered('')
    focusTitle()
  }
  return html`<form class="token" onSubmit=${submit}>
    <label for="token">
      ${token.value ? 'The API refused this token. Enter another one:' : 'The API requires a token:'}
    </label>
    <input id="token" type="password" autocomplete="off" required
      pattern="\\s*[!-~]+\\s*" title="Visible ASCII characters without spaces" value=${entered}
      onInput=${({ currentTarget }: { currentTarget: HTMLInputElement }) => setEntered(currentTarget.value)} />
    <button>Use it</button>
    <small>The token is kept until you close this tab.</small>
  </form>`
}
