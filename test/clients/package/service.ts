/** The service as the client meets it. */
export interface Service {
  /** Its address. */
  url: string
  /** The token that allows everything. */
  token: string
  /** The id of a product that it has. */
  productId: string
  /** Breaks all streams of changes off. */
  hangUp(): void
}

/** Uses the client; throws where it does not do what it should. */
export type Use = (service: Service) => Promise<void>

export const PRODUCTS = '/api/v1/products'
export const PRODUCT = '/api/v1/products/{id}'

/** A proxy's answer to too many requests. */
export const busy = (retryAfter: string) => () =>
  new Response('<h1>Too many requests</h1>', {
    status: 429,
    headers: { 'retry-after': retryAfter },
  })

/** A `fetch` that gives one answer after the other, the last one again and again, and the requests that it got. */
export function answering(...answers: (() => Response)[]) {
  const requests: Request[] = []
  async function fetch(input: Request | URL | string): Promise<Response> {
    const answer = answers[Math.min(requests.length, answers.length - 1)]
    requests.push(new Request(input))
    if (!answer) throw new TypeError('there is no answer')
    return answer()
  }
  return { requests, fetch }
}

/** A `fetch` that loses the answers of as many requests as `lost` says, after the service has done what they ask. */
export function losing(lost: number) {
  const keys: (string | null)[] = []
  async function fetchAndLose(input: Request | URL | string, init?: RequestInit) {
    const response = await fetch(input, init)
    if (input instanceof Request) keys.push(input.headers.get('idempotency-key'))
    if (keys.length <= lost) throw new TypeError('the connection was reset')
    return response
  }
  return { keys, fetch: fetchAndLose }
}
