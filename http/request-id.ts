import type { IncomingMessage } from 'node:http'

/** The header by which a request and its answer are named. */
export const REQUEST_ID = 'x-request-id'

/** What is taken for the id of a request: it goes into a header, the log and what people copy. */
const SANE = /^[A-Za-z0-9._:+/=@-]{1,128}$/

/**
 * Gives the ids of requests, by which their lines in the log are found: the one that the client or a proxy
 * gave, where that is sane, or else a number behind a name for the run of the service that began at
 * `startedAt`, epoch ms.
 */
export function requestIds(
  startedAt: number,
): (request?: Pick<IncomingMessage, 'headers'>) => string {
  const run = startedAt.toString(36)
  let last = 0
  return (request) => {
    const given = request?.headers[REQUEST_ID]
    if (typeof given === 'string' && SANE.test(given)) return given
    last += 1
    return `${run}-${last}`
  }
}
