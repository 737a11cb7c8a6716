import { RequestFailed } from './api.ts'
import { html } from './html.ts'

/** What the page's head tells already: that the service is not to be reached, and that it wants a token. */
const TOLD_ELSEWHERE = [0, 401]

/** Why something could not be read; nothing where it could, or where that is said elsewhere. */
export function Failure({ error }: { error: Error | undefined }) {
  if (!error || (error instanceof RequestFailed && TOLD_ELSEWHERE.includes(error.status)))
    return null
  return html`<p class="note failure" role="alert">${error.message}</p>`
}
