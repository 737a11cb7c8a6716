import { call, RequestFailed } from './api.ts'

/** Requests without an answer, of which nobody knows whether they were carried out; the oldest is forgotten. */
const MAX_UNANSWERED = 10

/** The keys of requests that were sent and not answered yet, by request. */
const keys = new Map<string, string>()

/** `crypto.randomUUID` is missing on pages that were not loaded over TLS. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join(
    '-',
  )
}

/** Whether the API may have carried out a request that failed. */
export function mayBeDone(error: unknown): boolean {
  if (!(error instanceof RequestFailed)) return true
  return error.status < 400 || error.status >= 500 || error.code === 'IDEMPOTENCY_KEY_IN_USE'
}

/**
 * Sends what is to be created to a path under `/api/v1`. If there was no answer, sending the same again has the same
 * `Idempotency-Key`, so that it is created once. Throws `RequestFailed`.
 */
export async function create<T>(path: string, body: object): Promise<{ data: T; etag: string }> {
  const request = JSON.stringify([path, body])
  const key = keys.get(request) ?? newKey()
  keys.set(request, key)
  if (keys.size > MAX_UNANSWERED) keys.delete(String(keys.keys().next().value))
  try {
    const headers = { 'idempotency-key': key }
    const answer = await call<T>(path, { method: 'POST', body, headers })
    keys.delete(request)
    return answer
  } catch (error) {
    if (!mayBeDone(error)) keys.delete(request)
    throw error
  }
}
