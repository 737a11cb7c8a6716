import type { Static } from '@sinclair/typebox'
import { Type } from '../typebox.ts'
import { ref } from './types.ts'

/** The one shape of all errors. */
export type ApiError = Static<typeof ApiError>
export const ApiError = Type.Object(
  {
    statusCode: Type.Integer({ description: 'The HTTP status', examples: [404] }),
    code: Type.Optional(
      Type.String({
        description: 'Names the error for programs, where there is more to say than the status',
        examples: ['PRODUCT_NOT_FOUND'],
      }),
    ),
    error: Type.String({ description: 'The name of the status', examples: ['Not Found'] }),
    message: Type.String({
      description: 'What was wrong, and where',
      examples: ['There is no product 019aa9f0-5c00-7000-8000-000000000001'],
    }),
  },
  { $id: 'ApiError', description: 'Why the request was not done' },
)

const MEANINGS = {
  400: 'The request is malformed',
  401: 'A token is wanted, and none or a wrong one was given',
  403: 'The token is good for reading alone',
  404: 'There is no such product or offer',
  410: 'Changes behind `after` are not kept any more',
  412: 'The product has changed since the version that `If-Match` names',
  413: 'The body is too large',
  415: 'The body is not JSON in UTF-8, or has a `Content-Encoding`',
  431: 'The headers are larger than 16 KiB',
  500: 'A fault of the service',
  503: 'The service cannot do it now: it is stopping, overloaded, or its database fails',
} as const

type ErrorStatus = keyof typeof MEANINGS

/** The error answers of a route, for its schema: those given, and the faults that any can have. */
export function errors(...statuses: ErrorStatus[]) {
  const all: ErrorStatus[] = [...statuses, 431, 500, 503]
  return Object.fromEntries(
    all.map((status) => [status, { ...ref(ApiError), description: MEANINGS[status] }]),
  )
}
