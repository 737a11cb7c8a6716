import { pause } from './pause.ts'

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 30_000

/** The service, or a proxy before it, is busy or away for the moment. */
const PASSING = [429, 502, 503, 504]

/** The first request with the same Idempotency-Key is still under way. */
const IN_USE = 'IDEMPOTENCY_KEY_IN_USE'

/** Repeating these does not change what the first of them did. A POST is one of them by its Idempotency-Key. */
const IDEMPOTENT = ['GET', 'HEAD', 'PUT', 'DELETE', 'POST']

/** Calls that would be done twice whatever key they have: a second secret ends the first one, a second test is sent. */
const ANEW = /\/webhooks\/[^/]+\/(rotate-secret|test)$/

/** `crypto.randomUUID` is missing on pages that were not loaded over TLS. */
function newKey(): string {
  const parts = crypto.getRandomValues(new Uint32Array(4))
  return Array.from(parts, (part) => part.toString(16).padStart(8, '0')).join('-')
}

/** How long to wait before another try, in milliseconds: what the service asks for, else twice as long each time. */
function waitMs(tries: number, retryAfter: string | null | undefined): number {
  const seconds = Number(retryAfter ?? undefined)
  const asked = Number.isNaN(seconds) ? Date.parse(retryAfter ?? '') - Date.now() : seconds * 1000
  if (asked >= 0) return Math.min(asked, LONGEST_WAIT_MS)
  return Math.random() * Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS)
}

/**
 * The requests whose answers are still being read. Once Node.js has collected a `Request` as garbage, its signal no longer
 * ends the answer.
 */
const requests = new WeakMap<ReadableStream, Request[]>()

/** A copy to send. Just a clone would not do: in Node.js, a collection of garbage cuts it off from its signal. */
const copyOf = (request: Request) => new Request(request.clone(), { signal: request.signal })

async function mayPass(response: Response): Promise<boolean> {
  if (response.status !== 409) return PASSING.includes(response.status)
  return (await response.clone().json()).code === IN_USE
}

/**
 * A `fetch` that tries again, up to `retries` times, where the connection failed or the service is busy. Each POST gets
 * an `Idempotency-Key`, unless it has one, so that a repeated one creates nothing twice. A PATCH is sent once, and so is
 * what would be done twice.
 */
export function fetchWithRetries(fetch: (request: Request) => Promise<Response>, retries: number) {
  return async (request: Request): Promise<Response> => {
    if (request.method === 'POST' && !request.headers.has('idempotency-key')) {
      request.headers.set('idempotency-key', newKey())
    }
    const repeatable = IDEMPOTENT.includes(request.method) && !ANEW.test(request.url)
    const most = repeatable ? retries : 0
    for (let tries = 0; ; tries++) {
      const last = tries >= most
      let retryAfter: string | null | undefined
      try {
        // Its body can be read only once, so the original is kept for another try.
        const sent = last ? request : copyOf(request)
        const response = await fetch(sent)
        if (response.body) requests.set(response.body, [request, sent])
        if (last || !(await mayPass(response))) return response
        retryAfter = response.headers.get('retry-after')
        await response.body?.cancel()
      } catch (error) {
        if (last || request.signal.aborted) throw error
      }
      await pause(waitMs(tries, retryAfter), request.signal)
    }
  }
}
