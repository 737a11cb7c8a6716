import { type Static, Type } from '@sinclair/typebox'
import { ref } from './types.ts'

/** The shape of every error. */
export type ApiError = Static<typeof ApiError>
export const ApiError = Type.Object(
  {
    statusCode: Type.Integer({ description: 'The HTTP status', examples: [404] }),
    code: Type.Optional(
      Type.String({
        description: 'A code for programs, where the status alone is ambiguous',
        examples: ['PRODUCT_NOT_FOUND'],
      }),
    ),
    error: Type.String({ description: 'The name of the status', examples: ['Not Found'] }),
    message: Type.String({
      description: 'What was wrong, and where',
      examples: ['There is no product 019aa9f0-5c00-7000-8000-000000000001'],
    }),
  },
  { $id: 'ApiError', description: 'Why the request failed' },
)

const MEANINGS = {
  400: 'The request is malformed',
  401: 'Missing or invalid token',
  403: 'The token is read-only',
  404: 'There is no such product, offer, alert or webhook',
  409:
    'Another product has this `external_id`, the first request with this `Idempotency-Key` is still running, or ' +
    'there are 100 webhooks already',
  410: 'The changes from there on have left the feed',
  412: 'The product, alert or webhook has changed since the version that `If-Match` names',
  413: 'The body is too large',
  415: 'The body is not JSON in UTF-8, or has a `Content-Encoding`',
  422: 'The `Idempotency-Key` belongs to another request',
  431: 'The headers are larger than 16 KiB',
  500: 'The service failed; its log has the details',
  503: 'The service cannot answer now: it is stopping or overloaded, or its database is failing',
} as const

type ErrorStatus = keyof typeof MEANINGS

/** The header of an answer to a request whose token does not do (RFC 6750, section 3). */
const challenge = (example: string) => ({
  'WWW-Authenticate': {
    type: 'string',
    description: 'Which kind of token is required, and what is wrong with that of the request',
    example,
  },
})

/** The headers of some of these answers. */
const HEADERS: Partial<Record<ErrorStatus, object>> = {
  401: challenge('Bearer'),
  403: challenge('Bearer error="insufficient_scope"'),
}

/** The error answers of a route, for its schema: the given ones, and those that any route can give. */
export function errors(...statuses: ErrorStatus[]) {
  const all: ErrorStatus[] = [...statuses, 431, 500, 503]
  return Object.fromEntries(
    all.map((status) => [
      status,
      { ...ref(ApiError), description: MEANINGS[status], headers: HEADERS[status] },
    ]),
  )
}
