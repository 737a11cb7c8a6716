import { type Static, Type } from '@sinclair/typebox'
import { ApiError } from './error.ts'
import { NewProduct, Product } from './product.ts'
import { ref } from './types.ts'

const many = { minItems: 1, maxItems: 1000, description: 'The products to create, 1 to 1,000' }

/** What a client sends to create many products at once. */
export type NewProducts = Static<typeof NewProducts>
export const NewProducts = Type.Object(
  { items: Type.Array(ref(NewProduct), many) },
  {
    $id: 'NewProducts',
    additionalProperties: false,
    description: 'Products to create',
    examples: [
      { items: [{ name: 'Hedge trimmer' }, { name: 'Leaf blower', description: '18 V' }] },
    ],
  },
)

/** The same, for a first check that leaves each item to a check of its own. */
export const UncheckedProducts = Type.Object(
  { items: Type.Array(Type.Unknown(), many) },
  { additionalProperties: false },
)

/** The result of a batch creation, item by item. */
export type BatchResult = Static<typeof BatchResult>
export const BatchResult = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        index: Type.Integer({ description: 'The index of the item in the request, from 0' }),
        product: Type.Optional(ref(Product)),
        error: Type.Optional(ref(ApiError)),
      }),
      { description: 'One entry per item, in the order sent, with either `product` or `error`' },
    ),
  },
  { $id: 'BatchResult', description: 'The result of each item' },
)
