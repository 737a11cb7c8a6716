/** The headers and bodiless answers that routes have in common, for their schemas. */
import { Type } from '../typebox.ts'

/** A tag as examples show it. */
const EXAMPLE_TAG = '"3-WqJ0ZxkFc1sEwS3x1y2z4a5b6c7"'

/** The query of a route that takes no parameters. */
export const noQuery = Type.Object({}, { additionalProperties: false })

/** Request headers of a read. */
export const ifNoneMatch = Type.Object({
  'if-none-match': Type.Optional(
    Type.String({
      description: 'The `ETag` of an earlier answer; 304 if that is still current',
      examples: [EXAMPLE_TAG],
    }),
  ),
})

/** Request headers of a change. */
export const ifMatch = Type.Object({
  'if-match': Type.Optional(
    Type.String({
      description:
        'The `ETag` of the product as the client knows it; 412 if someone has changed it since. ' +
        'A refresh of its offers is no change in this sense. `*` stands for any version.',
      examples: ['*'],
    }),
  ),
})

/** Response headers with the tag of the answer. */
export const tagged = {
  ETag: { type: 'string', description: 'The tag of this answer', example: EXAMPLE_TAG },
}

/** Response headers of a page of a list. */
export const paged = {
  ...tagged,
  Link: {
    type: 'string',
    description: 'The next page, `rel="next"`; absent on the last page',
    example: '</api/v1/products?limit=50&cursor=q83v>; rel="next"',
  },
}

/** The answer to a read by someone who has the current answer already. */
export const notModified = Type.Null({
  description: 'The answer named by `If-None-Match` is still current',
})

/** The answer that has nothing to say. */
export const noContent = (description: string) => Type.Null({ description })
