import { useState } from 'preact/hooks'
import { tokenWanted } from './api.ts'
import { html } from './html.ts'
import { focusTitle } from './title.ts'
import { setToken, token } from './token.ts'

/** Where the API's token is entered and forgotten; nothing where none is wanted. */
export function TokenForm() {
  const [entered, setEntered] = useState('')
  if (!tokenWanted.value) {
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
      ${token.value ? 'The API does not take this token. Another one:' : 'The API wants a token:'}
    </label>
    <input id="token" type="password" autocomplete="off" required
      pattern="\\s*[!-~]+\\s*" title="Visible ASCII characters without blanks" value=${entered}
      onInput=${({ currentTarget }: { currentTarget: HTMLInputElement }) => setEntered(currentTarget.value)} />
    <button>Use it</button>
    <small>It is kept until you close this tab.</small>
  </form>`
}
