import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { EXAMPLE_PRODUCT } from './example.ts'
import { FILTERS } from './filters.ts'
import { pageCursor, pageLimit } from './paging.ts'
import { PRODUCT_FIELDS, type WrittenField } from './product-fields.ts'
import { RefreshState } from './refresh-state.ts'
import { normalTag } from './tag-rules.ts'
import { Metadata, shownMetadata, shownTags, TagChanges, Tags } from './tags.ts'
import { ExternalId, Name, text } from './text.ts'
import { SEARCH_MAX } from './text-rules.ts'
import { EARLY, nullable, query, ref, time } from './types.ts'

/** The fields of a product as clients send them. */
const Written = Type.Object({
  name: Name,
  description: text(
    PRODUCT_FIELDS.description.max,
    '0 to 10,000 characters',
    EXAMPLE_PRODUCT.description,
  ),
  external_id: nullable(ExternalId),
  tags: Tags,
  metadata: Metadata,
} satisfies Record<WrittenField, TSchema>)

/** The same fields as the API shows them. */
const shown = {
  name: Type.String({ description: 'The name, trimmed', examples: [EXAMPLE_PRODUCT.name] }),
  description: Type.String({
    description: 'The description; empty if there is none',
    examples: [EXAMPLE_PRODUCT.description],
  }),
  external_id: nullable(
    Type.String({
      description: "The client's own key, unique in the catalogue; null if there is none",
      examples: [EXAMPLE_PRODUCT.external_id],
    }),
  ),
  tags: shownTags,
  metadata: shownMetadata,
} satisfies Record<WrittenField, TSchema>

/** A product's id: a UUIDv7 that this service generates. */
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
    'retried when the product changes.',
  examples: ['registered'],
})

/** A product as the API shows it. */
export type Product = Static<typeof Product>
export const Product = Type.Object(
  {
    id: ProductId,
    ...shown,
    created_at: time(
      'When the product was created; never earlier than that of a product created before it',
    ),
    updated_at: time('When a client last changed the product'),
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
    offers_count: Type.Integer({ description: 'The number of offers on sale now', examples: [7] }),
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
    total: Type.Optional(
      Type.Integer({
        description: 'With `count`, the number of products on all pages, as counted for the first',
        examples: [120],
      }),
    ),
  },
  { $id: 'ProductList', description: 'A page of the catalogue' },
)

/** What a client sends to create a product. */
export type NewProduct = Static<typeof NewProduct>
export const NewProduct = Type.Object(
  { ...Type.Partial(Written).properties, name: Name },
  {
    $id: 'NewProduct',
    additionalProperties: false,
    description: 'A product to create',
    examples: [{ name: EXAMPLE_PRODUCT.name, description: EXAMPLE_PRODUCT.description }],
  },
)

const { external_id: _, ...withoutExternalId } = Type.Partial(Written).properties

/** What a client sends to create or replace the product with the external id in the path. */
export type KeyedProduct = Static<typeof KeyedProduct>
export const KeyedProduct = Type.Object(
  { ...withoutExternalId, name: Name },
  {
    $id: 'KeyedProduct',
    additionalProperties: false,
    description: 'A whole product; omitted fields get their defaults',
    examples: [{ name: EXAMPLE_PRODUCT.name, description: EXAMPLE_PRODUCT.description }],
  },
)

const changes = { ...Type.Partial(Written).properties, ...Type.Partial(TagChanges).properties }

/** What a client sends to change a product; omitted fields keep their values. */
export type ProductPatch = Static<typeof ProductPatch>
export const ProductPatch = Type.Object(changes, {
  $id: 'ProductPatch',
  additionalProperties: false,
  minProperties: 1,
  'x-tag-changes': true,
  description: 'The changes to a product, at least one',
  examples: [{ name: 'Robotic lawn mower 2' }, { add_tags: ['sale'], remove_tags: ['new'] }],
})

/** What a client sends to change one of many products. */
export type ProductChange = Static<typeof ProductChange>
export const ProductChange = Type.Object(
  { id: ProductId, ...changes },
  {
    $id: 'ProductChange',
    additionalProperties: false,
    minProperties: 2,
    'x-tag-changes': true,
    description: 'The id of a product, and the changes to it, at least one',
    examples: [
      { id: EXAMPLE_PRODUCT.id, name: 'Robotic lawn mower 2' },
      { id: EXAMPLE_PRODUCT.id, add_tags: ['sale'] },
    ],
  },
)

/** The sort orders of the catalogue; `-` reverses one. */
export const PRODUCT_SORTS = [
  'created_at',
  '-created_at',
  'name',
  '-name',
  'lowest_price',
  '-lowest_price',
] as const

export type ProductSort = Static<typeof ProductSort>
export const ProductSort = Type.Unsafe<(typeof PRODUCT_SORTS)[number]>({
  type: 'string',
  enum: [...PRODUCT_SORTS],
  default: 'created_at',
  description:
    'The sort order; `-` reverses it. Names sort by their words, ignoring case and diacritics, ' +
    'and by the values of their numbers (`2 cm` before `10 cm`), then by the exact name. ' +
    'Products without a price come last in either direction.',
  examples: ['lowest_price'],
})

/** The path parameters of the routes of one product. */
export const ProductParams = Type.Object({ id: ProductId })

/** The path parameters of a product by its external id. */
export const ExternalIdParams = Type.Object({ external_id: ExternalId })

/** The query parameters of the catalogue. */
export type ProductListQuery = Static<typeof ProductListQuery>
export const ProductListQuery = query({
  q: Type.Optional(
    text(
      SEARCH_MAX,
      'The words to search for; each must begin a word of the name or the description. Case, ' +
        'diacritics and invisible characters are ignored: `sekacka` finds `Sekačka`, and `lodz` ' +
        'finds `Łódź`. Words are also found joined and split: `wifi` finds `Wi-Fi`, `ab123` finds ' +
        '`AB-123/4`, `iphone 15` finds `iPhone15`. In scripts without spaces between words, any ' +
        'part of a text is found. Emoji count as words; other symbols alone find nothing, and ' +
        'whitespace alone finds every product.',
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
      description: 'Only stale products if true, only fresh ones if false',
      examples: [false],
    }),
  ),
  registration: Type.Optional({
    ...RegistrationStatus,
    description: 'Only products with this registration status',
  }),
  ...FILTERS,
  updated_since: Type.Optional(
    time('Only products that a client created or changed at this time or later', EARLY),
  ),
  count: Type.Optional(
    Type.Boolean({
      description:
        'If true, the answer has `total`. It is counted for the first page; the cursors of the next ones carry it.',
      examples: [true],
    }),
  ),
  ids: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 8192,
      description:
        'Product ids, separated by commas: 1 to 200. The answer has these products in this order, on one page, ' +
        'each once and without those that there are not. It cannot be combined with other parameters.',
      examples: [EXAMPLE_PRODUCT.id],
    }),
  ),
  limit: pageLimit,
  cursor: pageCursor('`next_cursor` of the previous page, with the same sort and filters'),
})

/** The input with its name trimmed and its tags normalised, as they are stored. */
export function trimmed<T extends Pick<ProductPatch, 'name' | 'tags' | 'add_tags' | 'remove_tags'>>(
  input: T,
): T {
  const { name, tags, add_tags: added, remove_tags: removed } = input
  return {
    ...input,
    ...(name !== undefined && { name: name.trim() }),
    ...(tags && { tags: tags.map(normalTag) }),
    ...(added && { add_tags: added.map(normalTag) }),
    ...(removed && { remove_tags: removed.map(normalTag) }),
  }
}
