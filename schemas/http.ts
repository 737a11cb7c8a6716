/** Schemas of the headers and of the answers without a body that routes share. */
import { Type } from '@sinclair/typebox'

/** An `ETag`, for examples. */
const EXAMPLE_TAG = '"3-WqJ0ZxkFc1sEwS3x1y2z4a5b6c7"'

/** The query of a route that takes no parameters. */
export const noQuery = Type.Object({}, { additionalProperties: false })

/** The request headers of a read. */
export const ifNoneMatch = Type.Object({
  'if-none-match': Type.Optional(
    Type.String({
      description:
        'The `ETag` of an earlier answer; the answer is 304 if that one is still current',
      examples: [EXAMPLE_TAG],
    }),
  ),
})

/** The request headers of a change or a deletion of something; `changes` says what counts as a change of it. */
const ifMatchOf = (kind: string, changes: string) =>
  Type.Object({
    'if-match': Type.Optional(
      Type.String({
        description:
          `The \`ETag\` of the ${kind} as the client knows it; the answer is 412 if the ${kind} has changed since. ` +
          `${changes} \`*\` matches any version.`,
        examples: ['*'],
      }),
    ),
  })

/** The request headers of a change or a deletion. */
export const ifMatch = {
  product: ifMatchOf('product', 'A refresh of its offers does not count as a change.'),
  alert: ifMatchOf('alert', 'A firing does not count as a change.'),
  webhook: ifMatchOf(
    'webhook',
    'A replay and a new secret count as changes; a delivery does not, also if it disables the webhook.',
  ),
}

/** The request headers of a POST that creates. */
export const idempotencyKey = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      pattern: '^[\\x21-\\x7e]+$',
      'x-pattern': 'consist of visible ASCII characters without spaces, and be sent once',
      description:
        'A key of your own for this request, such as a random UUID: 1 to 255 visible ASCII characters. ' +
        'Sending the same request with the same key again, within 24 hours, changes nothing and gets the ' +
        'same answer, so a request without an answer can be retried. The key belongs to the token of the ' +
        'request. The answer is 422 if the key belongs to another request, and 409 while the first one is ' +
        'still running. Answers of 400, 401, 403, 404, 413, 415 and from 500 on leave the key free, and so does ' +
        '`TOO_MANY_WEBHOOKS`.',
      examples: ['0b7c0a3e-4a58-4c53-9d0c-3f6a4c1f5a11'],
    }),
  ),
})

/** The response headers of an answer with an `ETag`. */
export const tagged = {
  ETag: { type: 'string', description: 'The entity tag of this answer', example: EXAMPLE_TAG },
}

/** The response headers of a page of a list. */
export const paged = {
  ...tagged,
  Link: {
    type: 'string',
    description: 'The next page, `rel="next"`; absent on the last page',
    example: '</api/v1/products?limit=50&cursor=q83v>; rel="next"',
  },
}

/** The answer to a read whose client already has the current version. */
export const notModified = Type.Null({
  description: 'The answer named by `If-None-Match` is still current',
  headers: tagged,
})

/** An answer without a body. */
export const noContent = (description: string) => Type.Null({ description })
