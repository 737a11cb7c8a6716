import { type Static, Type } from '@sinclair/typebox'
import { INTERVALS } from '../history/interval.ts'
import { EXAMPLE_OFFER_ID, EXAMPLE_PRODUCT } from './example.ts'
import { ProductId } from './product.ts'
import { text } from './text.ts'
import { EARLY, nullable, query, ref, time } from './types.ts'

const price = (description: string) => nullable(Type.Integer({ description, examples: [41900] }))
const change = Type.Object(
  {
    absolute: price('The last price minus the first; null if there is no price'),
    percent: nullable(
      Type.Number({
        description:
          'The change as a percentage of the first price, to two decimals; null if the first ' +
          'price is 0 or missing',
        examples: [-6.68],
      }),
    ),
  },
  { description: 'The last known price in the window compared with the first' },
)
const stock = (description: string) => nullable(Type.Integer({ description, examples: [12] }))
const mean = nullable(
  Type.Number({
    description:
      'The mean, each price weighted by how long it was in force: to two decimals, or to its ' +
      'first 14 digits if it has more',
    examples: [43200.5],
  }),
)

/** A price and the time from which it applied. */
export type TrendPoint = Static<typeof TrendPoint>
export const TrendPoint = Type.Object(
  {
    at: time(
      'The time from which it applied; for the first point, the start of the window or the ' +
        'first observation',
    ),
    price: price('The price from then on; null if not on sale'),
    items_in_stock: nullable(
      Type.Integer({
        description:
          'The stock from then on; for the lowest price of a product, the sum over all offers at ' +
          'that price, at most 2^53 - 1',
        examples: [12],
      }),
    ),
  },
  { $id: 'TrendPoint', description: 'A price and the time from which it applied' },
)

/** A summary of a price over an interval. */
export type TrendBucket = Static<typeof TrendBucket>
export const TrendBucket = Type.Object(
  {
    at: time('When the interval begins: a multiple of its length, in UTC'),
    open: price(
      'The first price in the interval; null, like the other prices, if it was not on sale',
    ),
    close: price('The last price in the interval'),
    low: price('The lowest price in the interval'),
    high: price('The highest price in the interval'),
    mean,
    items_in_stock: Type.Object(
      {
        low: stock('The lowest stock; null like `high` if it was not on sale, or is not known'),
        high: stock('The highest stock'),
      },
      {
        description:
          'The stock in the interval while it was on sale; for the lowest price of a product, the sum over all ' +
          'offers at that price. It is not known of days that were rolled up by an earlier version.',
      },
    ),
  },
  { $id: 'TrendBucket', description: 'A summary of a price over an interval' },
)

/** A part of a window in which nothing was observed. */
export type TrendGap = Static<typeof TrendGap>
export const TrendGap = Type.Object(
  {
    from: time('When the gap begins'),
    to: time('When the gap ends'),
  },
  {
    $id: 'TrendGap',
    description:
      'A part of the window in which no poll of the Offers service succeeded, so the price ' +
      'may have changed unnoticed',
  },
)

/** The trend of a price. */
export type Trend = Static<typeof Trend>
export const Trend = Type.Object(
  {
    product_id: ProductId,
    offer_id: Type.Optional(
      Type.String({
        description: 'The offer; absent for the lowest price of the product',
        examples: [EXAMPLE_OFFER_ID],
      }),
    ),
    from: time('When the window begins'),
    to: time('When the window ends'),
    interval: Type.Unsafe<'raw' | keyof typeof INTERVALS>({
      type: 'string',
      enum: ['raw', ...Object.keys(INTERVALS)],
      description: 'The length of the buckets; with `raw`, `prices` has every change',
    }),
    prices: Type.Optional(
      Type.Array(ref(TrendPoint), {
        description:
          'With the interval `raw`, a point for each change of price or stock, in time order. ' +
          'The first point has the values that applied when the window began. History that is ' +
          'kept by the hour has at most one point an hour.',
      }),
    ),
    buckets: Type.Optional(
      Type.Array(ref(TrendBucket), {
        description:
          'With any other interval, a summary of each interval, starting with the first observation',
      }),
    ),
    change,
    low: price('The lowest price in the window'),
    high: price('The highest price in the window'),
    mean,
    coverage: Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'The share of the window in which polls of the Offers service succeeded',
      examples: [1],
    }),
    gaps: Type.Array(ref(TrendGap), {
      maxItems: 1000,
      description:
        'The rest of the window, in time order, including the time before the first poll and ' +
        'the future. Gaps shorter than a thousandth of the window are omitted, because no ' +
        'chart can show them; `coverage` still accounts for them.',
    }),
    offers: Type.Optional(
      Type.Array(
        Type.Object({
          offer_id: Type.String({ description: 'The offer', examples: [EXAMPLE_OFFER_ID] }),
          first: Type.Integer({ description: 'Its first price in the window', examples: [44900] }),
          last: Type.Integer({ description: 'Its last price in the window', examples: [41900] }),
          change_percent: change.properties.percent,
        }),
        {
          description:
            'For a product, the offers on sale in the window, in the order in which they were ' +
            'first seen',
        },
      ),
    ),
  },
  { $id: 'Trend', description: 'How a price developed over a period' },
)

/** The path parameters of the routes of one offer. */
export const OfferParams = Type.Object({
  id: ProductId,
  offer_id: text(255, 'The id that the Offers service assigned to the offer', EXAMPLE_OFFER_ID),
})

const interval = Type.Unsafe<'raw' | 'auto' | keyof typeof INTERVALS>({
  type: 'string',
  enum: ['raw', ...Object.keys(INTERVALS), 'auto'],
  description:
    '`raw`, the default, returns every change, any other value `buckets` of that length. `auto` ' +
    'picks the shortest length that gives at most 1,000 buckets. A request for more than 10,000 ' +
    'points is refused.',
  examples: ['auto'],
})

/** The window of a trend. */
const window = {
  from: Type.Optional(time('When the window begins; 24 hours before `to` by default', EARLY)),
  to: Type.Optional(time('When the window ends; now by default')),
}

/** The query parameters of a trend. */
export const TrendQuery = query({ ...window, interval: { ...interval, default: 'raw' } })

/** What a client sends to read the trends of several products. */
export type TrendsQuery = Static<typeof TrendsQuery>
export const TrendsQuery = Type.Object(
  {
    ids: Type.Array(ProductId, {
      minItems: 1,
      maxItems: 100,
      description: 'The ids of the products, 1 to 100',
    }),
    ...window,
    // Without a `default`: some generated clients would require what has one.
    interval: Type.Optional(interval),
  },
  {
    $id: 'TrendsQuery',
    additionalProperties: false,
    description:
      'The products whose trends to read, with the window and the interval of all of them',
    examples: [{ ids: [EXAMPLE_PRODUCT.id], interval: '1h' }],
  },
)

/** The trends of several products. */
export type TrendList = Static<typeof TrendList>
export const TrendList = Type.Object(
  {
    items: Type.Array(ref(Trend), {
      description: 'The trends of the products that exist, in the order of the request',
    }),
    missing: Type.Array(ProductId, { description: 'The ids that no product has' }),
  },
  { $id: 'TrendList', description: 'The trends of several products' },
)
