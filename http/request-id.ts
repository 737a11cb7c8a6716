import type { IncomingMessage } from 'node:http'

/** The header that carries a request's id, in requests and answers. */
export const REQUEST_ID = 'x-request-id'

/** The ids that are accepted from clients. They go into a header and the log, and people copy them. */
const ACCEPTED = /^[A-Za-z0-9._:+/=@-]{1,128}$/

/**
 * Makes a generator of request ids. It returns the id that the client or a proxy sent, if that is acceptable,
 * and otherwise a new one: a number that counts up from 1, prefixed with `startedAt` (epoch ms) in base 36.
 */
export function requestIds(
  startedAt: number,
): (request?: Pick<IncomingMessage, 'headers'>) => string {
  const run = startedAt.toString(36)
  let last = 0
  return (request) => {
    const given = request?.headers[REQUEST_ID]
    if (typeof given === 'string' && ACCEPTED.test(given)) return given
    last += 1
    return `${run}-${last}`
  }
}
