import { type Static, Type } from '@sinclair/typebox'
import { ApiError } from './error.ts'
import { NewProduct, Product } from './product.ts'
import { ref } from './types.ts'

const many = { minItems: 1, maxItems: 1000, description: 'The products to create, 1 to 1,000' }

export const ON_CONFLICT = ['error', 'skip', 'update'] as const

/** What to do with an item whose external id already belongs to a product. */
export type OnConflict = (typeof ON_CONFLICT)[number]
const OnConflict = Type.Unsafe<OnConflict>({
  type: 'string',
  enum: [...ON_CONFLICT],
  description:
    'What to do with an item whose `external_id` already belongs to a product, including one that an earlier ' +
    'item created. `error`, the default: the item fails. `skip`: the product is left unchanged. `update`: the ' +
    'product gets the fields of the item, and keeps the others.',
})

/** What a client sends to create many products at once. */
export type NewProducts = Static<typeof NewProducts>
export const NewProducts = Type.Object(
  { items: Type.Array(ref(NewProduct), many), on_conflict: Type.Optional(OnConflict) },
  {
    $id: 'NewProducts',
    additionalProperties: false,
    description: 'Products to create',
    examples: [
      { items: [{ name: 'Hedge trimmer' }, { name: 'Leaf blower', description: '18 V' }] },
      { items: [{ external_id: 'HT-18', name: 'Hedge trimmer, 18 V' }], on_conflict: 'update' },
    ],
  },
)

/** The same without the check of the items, which are checked one by one. */
export const UncheckedProducts = Type.Object(
  { items: Type.Array(Type.Unknown(), many), on_conflict: Type.Optional(OnConflict) },
  { additionalProperties: false },
)

/** The result of a batch creation, item by item. */
export type BatchResult = Static<typeof BatchResult>
export const BatchResult = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        index: Type.Integer({ description: 'The index of the item in the request, from 0' }),
        status: Type.Optional(
          Type.Unsafe<'created' | 'updated' | 'skipped'>({
            type: 'string',
            enum: ['created', 'updated', 'skipped'],
            description:
              '`updated` and `skipped`: the `external_id` belonged to a product, and `on_conflict` was set',
          }),
        ),
        product: Type.Optional(ref(Product)),
        error: Type.Optional(ref(ApiError)),
      }),
      {
        description:
          'One entry per item, in the order sent, with `status` and `product`, or with `error`',
      },
    ),
  },
  { $id: 'BatchResult', description: 'The result of each item' },
)
