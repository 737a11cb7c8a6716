import type { ApiError } from './errors.ts'

/**
 * A `fetch` whose answers, where they are errors, all have the shape of the service's own. A proxy before the service,
 * or another server at its address, answers with a page or with nothing, which calls would take for no error at all.
 */
export function fetchWithErrors(fetch: typeof globalThis.fetch) {
  return async (request: Request): Promise<Response> => {
    const response = await fetch(request)
    const { status, statusText } = response
    if (status < 400) return response
    const body = await response
      .clone()
      .json()
      .catch(() => undefined)
    if (typeof body?.statusCode === 'number') return response
    await response.body?.cancel()
    const headers = new Headers(response.headers)
    headers.delete('content-length')
    const message = `Status ${status} from a proxy or another server; check the baseUrl if it stays`
    const error: ApiError = { statusCode: status, error: statusText, message }
    return Response.json(error, { status, statusText, headers })
  }
}
