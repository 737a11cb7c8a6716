import type { Static } from '@sinclair/typebox'
import { Type } from '../typebox.ts'
import { EXAMPLE_PRODUCT } from './example.ts'
import { RefreshState } from './refresh-state.ts'
import { Name, text } from './text.ts'
import { DESCRIPTION_MAX, SEARCH_MAX } from './text-rules.ts'
import { nullable, query, ref, time } from './types.ts'

const description = text(DESCRIPTION_MAX, '0 to 10,000 characters', EXAMPLE_PRODUCT.description)

/** A product's id: a UUIDv7 made by this service. */
export const ProductId = Type.String({
  format: 'uuid',
  description: 'The id of the product, a UUIDv7',
  examples: [EXAMPLE_PRODUCT.id],
})

/** Whether the Offers service knows a product. */
export type RegistrationStatus = Static<typeof RegistrationStatus>
export const RegistrationStatus = Type.Unsafe<'pending' | 'registered' | 'rejected'>({
  type: 'string',
  enum: ['pending', 'registered', 'rejected'],
  description:
    '`pending`: not yet registered with the Offers service; retried until it is. ' +
    '`registered`: its offers are polled. `rejected`: the Offers service refused it; ' +
    'retried when the product is changed.',
  examples: ['registered'],
})

/** A product as the API shows it. */
export type Product = Static<typeof Product>
export const Product = Type.Object(
  {
    id: ProductId,
    name: Type.String({ description: 'The name, trimmed', examples: [EXAMPLE_PRODUCT.name] }),
    description: Type.String({
      description: 'The description; empty if it has none',
      examples: [EXAMPLE_PRODUCT.description],
    }),
    created_at: time('When the product was created; never before that of an earlier product'),
    updated_at: time('When the name or the description last changed'),
    registration: Type.Object(
      {
        status: RegistrationStatus,
        reason: nullable(
          Type.String({ description: 'Why the Offers service rejected it; null otherwise' }),
        ),
      },
      { description: 'The registration with the Offers service' },
    ),
    refresh: RefreshState,
    offers_count: Type.Integer({ description: 'How many offers are on sale now', examples: [7] }),
    lowest_price: nullable(
      Type.Integer({
        description:
          'The lowest price among the offers in stock, in the unit of the Offers service; ' +
          'null if there is none',
        examples: [41900],
      }),
    ),
    checked_at: nullable(
      time('When the Offers service last answered for this product; null if never'),
    ),
    stale: Type.Boolean({
      description:
        'Whether `checked_at` is older than three refresh intervals, in the future, or null',
    }),
  },
  { $id: 'Product', description: 'A product of the catalogue' },
)

/** A page of the catalogue. */
export type ProductList = Static<typeof ProductList>
export const ProductList = Type.Object(
  {
    items: Type.Array(ref(Product), { description: 'The products, in the requested order' }),
    next_cursor: nullable(
      Type.String({ description: 'The `cursor` of the next page; null on the last page' }),
    ),
  },
  { $id: 'ProductList', description: 'A page of the catalogue' },
)

/** What a client sends to create a product. */
export type NewProduct = Static<typeof NewProduct>
export const NewProduct = Type.Object(
  { name: Name, description: Type.Optional(description) },
  {
    $id: 'NewProduct',
    additionalProperties: false,
    description: 'A product to create',
    examples: [{ name: EXAMPLE_PRODUCT.name, description: EXAMPLE_PRODUCT.description }],
  },
)

/** What a client sends to change a product; what is left out stays as it is. */
export type ProductPatch = Static<typeof ProductPatch>
export const ProductPatch = Type.Object(
  { name: Type.Optional(Name), description: Type.Optional(description) },
  {
    $id: 'ProductPatch',
    additionalProperties: false,
    minProperties: 1,
    description: 'The changes to a product, at least one',
    examples: [{ name: 'Robotic lawn mower 2' }],
  },
)

/** The orders in which the catalogue can be listed; `-` is the reverse. */
export type ProductSort = Static<typeof ProductSort>
export const ProductSort = Type.Unsafe<
  'created_at' | '-created_at' | 'name' | '-name' | 'lowest_price' | '-lowest_price'
>({
  type: 'string',
  enum: ['created_at', '-created_at', 'name', '-name', 'lowest_price', '-lowest_price'],
  default: 'created_at',
  description:
    'The order; `-` reverses it. Names sort by their words without regard to case and ' +
    'diacritics, and by the values of their numbers (`2 cm` before `10 cm`), then by the exact ' +
    'name. ' +
    'Products without a price come last, both ways.',
  examples: ['lowest_price'],
})

/** The path parameters of everything that is about one product. */
export const ProductParams = Type.Object({ id: ProductId })

/** What a client asks of the catalogue. */
export const ProductListQuery = query({
  q: Type.Optional(
    text(
      SEARCH_MAX,
      'Only products in whose name or description each of these words begins a word. Case, ' +
        'diacritics and invisible characters do not count, so that `sekacka` finds `Sekačka` and ' +
        '`lodz` finds `Łódź`. Words are also found joined and split: `wifi` finds `Wi-Fi`, ' +
        '`ab123` finds `AB-123/4`, `iphone 15` finds `iPhone15`. In scripts that have no blanks ' +
        'between words, any part is found. Emoji are words; other signs alone find nothing, and ' +
        'blanks are no condition.',
      'mower',
    ),
  ),
  sort: ProductSort,
  in_stock: Type.Optional(
    Type.Boolean({
      description: 'If true, only products with an offer in stock',
      examples: [true],
    }),
  ),
  stale: Type.Optional(
    Type.Boolean({
      description: 'Only products that are `stale`, or only those that are not',
      examples: [false],
    }),
  ),
  registration: Type.Optional({
    ...RegistrationStatus,
    description: 'Only products with this status of their registration',
  }),
  limit: Type.Integer({
    minimum: 1,
    maximum: 200,
    default: 50,
    description: 'The maximum number of items',
    examples: [20],
  }),
  cursor: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 4096,
      description: '`next_cursor` of the previous page, with the same sort and filters',
    }),
  ),
})

/** The same input with its name trimmed, as it is stored. */
export function trimmed<T extends { name?: string }>(input: T): T {
  return input.name === undefined ? input : { ...input, name: input.name.trim() }
}
