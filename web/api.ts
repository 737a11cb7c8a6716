import { signal } from '@preact/signals'
import type { ApiError } from '../schemas/error.ts'
import { learnServerTime } from './server-time.ts'
import { token } from './token.ts'

/** Whether the last call reached the service. */
export const reachable = signal(true)

/** Whether the API refused a call for lack of a valid token. */
export const tokenRequired = signal(false)

/** A failed call to the API. Its message is fit to show. */
export class RequestFailed extends Error {
  /** The HTTP status; 0 if the service could not be reached. */
  readonly status: number
  /** The answer's code, if it has one. */
  readonly code: string | undefined

  constructor(status: number, message: string, code?: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** The options of a call to the API. */
export interface CallOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Sent as JSON. */
  body?: unknown
  /** Makes the call conditional on what it changes still having this tag. */
  ifMatch?: string
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** Calls a path under `/api/v1` and returns a successful answer. Throws `RequestFailed`, or the abort reason. */
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
    cache: 'no-cache', // The browser caches answers and revalidates them.
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error
    reachable.value = false
    throw new RequestFailed(0, 'The service cannot be reached')
  })
  reachable.value = true
  learnServerTime(response.headers.get('date'))
  if (response.ok) {
    tokenRequired.value = false
    return response
  }
  tokenRequired.value ||= response.status === 401
  throw await failureOf(response)
}

/** Makes a call and returns the answer's JSON and its tag. */
export async function call<T>(
  path: string,
  options?: CallOptions,
): Promise<{ data: T; etag: string }> {
  const response = await send(path, options)
  const data = (response.status === 204 ? undefined : await response.json()) as T
  return { data, etag: response.headers.get('etag') ?? '' }
}

/** Makes a GET and returns the answer's JSON. */
export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await call<T>(path, { signal })).data
}

/** Makes a GET and returns the answer's JSON; undefined if nothing is there (404). */
export async function readIfThere<T>(path: string, signal?: AbortSignal): Promise<T | undefined> {
  try {
    return await read<T>(path, signal)
  } catch (error) {
    if (error instanceof RequestFailed && error.status === 404) return undefined
    throw error
  }
}

/** What an answer refuses, in its own words, or by its status if it comes from an intermediary. */
async function failureOf(response: Response): Promise<RequestFailed> {
  const answer = (await response.json().catch(() => undefined)) as Partial<ApiError> | undefined
  const { message = `The service answered ${response.status} ${response.statusText}`, code } =
    answer ?? {}
  return new RequestFailed(response.status, message, code)
}
