import { RequestFailed } from './api.ts'
import { html } from './html.ts'

/** The statuses that the page's header reports: the service cannot be reached, or requires a token. */
const SHOWN_ELSEWHERE = [0, 401]

/** Why something could not be read; empty if nothing failed, or if the header already shows the failure. */
export function Failure({ error }: { error: Error | undefined }) {
  if (!error || (error instanceof RequestFailed && SHOWN_ELSEWHERE.includes(error.status)))
    return null
  return html`<p class="note failure" role="alert">${error.message}</p>`
}
