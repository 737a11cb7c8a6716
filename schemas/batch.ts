import { type Static, Type } from '@sinclair/typebox'
import { ApiError } from './error.ts'
import { EXAMPLE_PRODUCT } from './example.ts'
import { NewProduct, Product, ProductChange, ProductId } from './product.ts'
import { ref } from './types.ts'

const many = (what: string) => ({ minItems: 1, maxItems: 1000, description: `${what}, 1 to 1,000` })

const CREATED = many('The products to create')
const CHANGED = many('The changes')
const DELETED = many('The ids of the products to delete')

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
  { items: Type.Array(ref(NewProduct), CREATED), on_conflict: Type.Optional(OnConflict) },
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
  { items: Type.Array(Type.Unknown(), CREATED), on_conflict: Type.Optional(OnConflict) },
  { additionalProperties: false },
)

/** What a client sends to change many products at once. */
export type ProductChanges = Static<typeof ProductChanges>
export const ProductChanges = Type.Object(
  { items: Type.Array(ref(ProductChange), CHANGED) },
  {
    $id: 'ProductChanges',
    additionalProperties: false,
    description: 'Changes to products',
    examples: [{ items: [{ id: EXAMPLE_PRODUCT.id, description: 'Mows 500 m²' }] }],
  },
)

/** The same without the check of the items, which are checked one by one. */
export const UncheckedChanges = Type.Object(
  { items: Type.Array(Type.Unknown(), CHANGED) },
  { additionalProperties: false },
)

/** What a client sends to delete many products at once. */
export type ProductIds = Static<typeof ProductIds>
export const ProductIds = Type.Object(
  { ids: Type.Array(ProductId, DELETED) },
  {
    $id: 'ProductIds',
    additionalProperties: false,
    description: 'The ids of products',
    examples: [{ ids: [EXAMPLE_PRODUCT.id] }],
  },
)

/** The same without the check of the ids, which are checked one by one. */
export const UncheckedIds = Type.Object(
  { ids: Type.Array(Type.Unknown(), DELETED) },
  { additionalProperties: false },
)

/** The result of a batch deletion, id by id. */
export type DeletionResult = Static<typeof DeletionResult>
export const DeletionResult = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        index: Type.Integer({ description: 'The index of the id in the request, from 0' }),
        status: Type.Optional(Type.Unsafe<'deleted'>({ type: 'string', enum: ['deleted'] })),
        error: Type.Optional(ref(ApiError)),
      }),
      { description: 'One entry per id, in the order sent, with `status` or with `error`' },
    ),
  },
  { $id: 'DeletionResult', description: 'The result of each id' },
)

/** The result of a batch creation or change, item by item. */
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
              'In a creation, `updated` and `skipped` mean that the `external_id` belonged to a product, and ' +
              '`on_conflict` was set',
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
