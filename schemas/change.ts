import { type Static, Type } from '@sinclair/typebox'
import { EXAMPLE_OFFER_ID, EXAMPLE_PRODUCT } from './example.ts'
import { ProductId } from './product.ts'
import { shownTags } from './tags.ts'
import { nullable, query, ref, streamed, time } from './types.ts'

/** The kinds of change that can happen to a product or an offer. */
export type ChangeType = Static<typeof ChangeType>
export const ChangeType = Type.Unsafe<
  | 'product.created'
  | 'product.updated'
  | 'product.deleted'
  | 'product.registered'
  | 'offer.listed'
  | 'offer.price_changed'
  | 'offer.stock_changed'
  | 'offer.delisted'
  | 'alert.fired'
>({
  type: 'string',
  enum: [
    'product.created',
    'product.updated',
    'product.deleted',
    'product.registered',
    'offer.listed',
    'offer.price_changed',
    'offer.stock_changed',
    'offer.delisted',
    'alert.fired',
  ],
  description:
    'What happened. A change of both price and stock is one `offer.price_changed`. When a ' +
    'product is deleted, there is no `offer.delisted` for its offers.',
  examples: ['offer.price_changed'],
})

const price = Type.Integer({
  description:
    'The price, if the offer was listed or its price changed; for an alert, the lowest price in stock',
  examples: [41900],
})
const stock = Type.Integer({
  description: 'The stock, if the offer was listed or its price or stock changed',
  examples: [12],
})

/** A position in the change feed. */
export const Seq = (description: string) =>
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description, examples: [1042] })

/** A change, as the API shows it. */
export type Change = Static<typeof Change>
export const Change = Type.Object(
  {
    seq: Seq('The position in the change feed, which increases without gaps'),
    at: time('When the change was observed or made'),
    type: ChangeType,
    product_id: ProductId,
    alert_id: Type.Optional(
      Type.String({
        format: 'uuid',
        description: 'The alert, if one fired',
        examples: ['019aa9f0-5c00-7000-8000-0000000000a1'],
      }),
    ),
    offer_id: Type.Optional(
      Type.String({
        description: 'The offer, if the change concerns one',
        examples: [EXAMPLE_OFFER_ID],
      }),
    ),
    price: Type.Optional(price),
    previous_price: Type.Optional({
      ...price,
      description: 'The previous price, if it changed or the offer was delisted',
    }),
    tags: Type.Optional({
      ...shownTags,
      description: 'The tags of the product, if it was deleted',
    }),
    reference: Type.Optional(
      Type.Integer({
        description: 'The price that the condition of the alert compared with',
        examples: [44900],
      }),
    ),
    items_in_stock: Type.Optional(stock),
    previous_items_in_stock: Type.Optional({
      ...stock,
      description: 'The previous stock, if the price or stock changed or the offer was delisted',
    }),
  },
  { $id: 'Change', description: 'Something that happened to a product or to one of its offers' },
)

/** A part of the change feed. */
export type ChangeList = Static<typeof ChangeList>
export const ChangeList = Type.Object(
  {
    items: Type.Array(ref(Change), { description: 'The changes, oldest first' }),
    last_seq: Seq(
      'The value for `after` in the next request: no matching change up to here is missing ' +
        'from `items`. It can be ahead of the last item if later changes did not match the ' +
        'filters.',
    ),
  },
  { $id: 'ChangeList', description: 'A part of the change feed' },
)

/** The filters that the list and the stream share. */
const changeFilters = {
  product_id: Type.Optional({
    ...ProductId,
    description: 'Only changes to this product and its offers',
  }),
  type: Type.Optional({ ...ChangeType, description: 'Only changes of this type' }),
}

/** The query parameters of the change list. */
export const ChangeListQuery = query({
  after: Type.Optional(
    Seq(
      'Only changes after this one, such as `last_seq` of the previous answer; by default, ' +
        'every change still in the feed',
    ),
  ),
  ...changeFilters,
  limit: Type.Integer({
    minimum: 1,
    maximum: 1000,
    default: 100,
    description: 'The maximum number of items',
    examples: [20],
  }),
})

/** The query parameters of the stream. */
export const ChangeStreamQuery = query({
  after: Type.Optional(
    Seq(
      'Start after this change. Without it and without `Last-Event-ID`, the stream starts ' +
        'with the next change.',
    ),
  ),
  ...changeFilters,
})

/** The body of the stream. */
export const ChangeEvents = streamed({
  contentMediaType: 'text/event-stream',
  contentSchema: Type.Array(
    Type.Object({
      id: Type.String({ description: 'The `seq` of the change' }),
      event: ChangeType,
      data: Type.String({
        description: 'The change, as JSON',
        contentMediaType: 'application/json',
        contentSchema: ref(Change),
      }),
    }),
  ),
  description:
    'Server-sent events. Each has a `Change` as JSON in `data`, its `seq` in `id` and its `type` ' +
    'in `event`.',
  examples: [
    'id: 1042\nevent: product.deleted\ndata: {"seq":1042,"at":"2026-11-22T08:00:00.000Z",' +
      `"type":"product.deleted","product_id":"${EXAMPLE_PRODUCT.id}","tags":[]}\n\n`,
  ],
})

/** A stream session, for browsers. */
export type StreamSession = Static<typeof StreamSession>
export const StreamSession = Type.Object(
  {
    expires_at: nullable(
      time('When the cookie expires; null if the service does not require a token'),
    ),
  },
  { $id: 'StreamSession', description: 'A session in which a browser can listen to the stream' },
)
