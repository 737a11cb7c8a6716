import { Type } from '@sinclair/typebox'
import { EXAMPLE_PRODUCT } from './example.ts'
import { TAGS_MAX } from './tag-rules.ts'
import { Tag } from './tags.ts'

const price = (description: string) =>
  Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: `${description}, in the unit of the Offers service`,
      examples: [41900],
    }),
  )

/** The query parameters by which products are found, in the list and among the movers. */
export const FILTERS = {
  price_min: price('Only products whose lowest price is at least this'),
  price_max: price('Only products whose lowest price is at most this'),
  tag: Type.Optional(
    Type.Array(Tag, {
      minItems: 1,
      maxItems: TAGS_MAX,
      description: 'Only products with this tag. If it is given several times, with all of them.',
      examples: [EXAMPLE_PRODUCT.tags],
    }),
  ),
}
