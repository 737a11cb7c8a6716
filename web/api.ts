import { signal } from '@preact/signals'
import { learnServerTime } from './server-time.ts'
import { token } from './token.ts'

/** Whether the last call found the service at all. */
export const reachable = signal(true)

/** Whether the API refused a call because it wants a token, or another one. */
export const tokenWanted = signal(false)

/** The service did not do what was asked; the message can be shown. */
export class RequestFailed extends Error {
  /** The HTTP status; 0 where the service could not be reached. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** What a call to the API may have beside its path. */
export interface CallOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Sent as JSON. */
  body?: unknown
  /** Do it only if the product is still the one with this tag. */
  ifMatch?: string
  headers?: Record<string, string>
  signal?: AbortSignal
}

/**
 * Calls a path under `/api/v1` and gives the good answer. Throws `RequestFailed`, or what the signal
 * was aborted with.
 */
export async function send(path: string, options: CallOptions = {}): Promise<Response> {
  const { method = 'GET', body, ifMatch, signal } = options
  const headers = new Headers(options.headers)
  if (token.value) headers.set('authorization', `Bearer ${token.value}`)
  if (body !== undefined) headers.set('content-type', 'application/json')
  if (ifMatch !== undefined) headers.set('if-match', ifMatch)
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
    cache: 'no-cache', // The browser keeps answers and asks whether they are still good.
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error
    reachable.value = false
    throw new RequestFailed(0, 'The service cannot be reached')
  })
  reachable.value = true
  learnServerTime(response.headers.get('date'))
  if (response.ok) {
    tokenWanted.value = false
    return response
  }
  tokenWanted.value ||= response.status === 401
  throw new RequestFailed(response.status, await messageOf(response))
}

/** The same, with the answer's JSON and its tag. */
export async function call<T>(
  path: string,
  options?: CallOptions,
): Promise<{ data: T; etag: string }> {
  const response = await send(path, options)
  const data = (response.status === 204 ? undefined : await response.json()) as T
  return { data, etag: response.headers.get('etag') ?? '' }
}

/** The answer's JSON alone. */
export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await call<T>(path, { signal })).data
}

/** What the answer says, or its status where it comes from something in between. */
async function messageOf(response: Response): Promise<string> {
  const answer = (await response.json().catch(() => undefined)) as { message?: string } | undefined
  return answer?.message ?? `The service answered ${response.status} ${response.statusText}`
}
