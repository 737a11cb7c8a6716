import type { Static } from '@sinclair/typebox'
import { Type } from '../typebox.ts'
import { EXAMPLE_OFFER_ID } from './example.ts'
import { nullable, query, ref, time } from './types.ts'

/** An offer on sale, as the API shows it. */
export type Offer = Static<typeof Offer>
export const Offer = Type.Object(
  {
    id: Type.String({
      description: 'The id that the Offers service gave',
      examples: [EXAMPLE_OFFER_ID],
    }),
    price: Type.Integer({
      description: 'The price, in the unit of the Offers service',
      examples: [41900],
    }),
    items_in_stock: Type.Integer({
      description: 'How many items the shop has in stock',
      examples: [12],
    }),
    first_seen_at: time('When the offer was first observed'),
    changed_at: time('When its price or stock last changed, or when it came back on sale'),
    lowest_prior_30d: nullable(
      Type.Integer({
        description:
          'If the price is a reduction, the lowest observed price in the 30 days before the ' +
          'reduction took effect; null if it is not a reduction, or nothing was observed before ' +
          'it',
        examples: [44900],
      }),
    ),
  },
  { $id: 'Offer', description: 'The price and the stock at which a shop sells the product' },
)

/** The offers of a product at the last time that the Offers service answered for it. */
export type ProductOffers = Static<typeof ProductOffers>
export const ProductOffers = Type.Object(
  {
    items: Type.Array(ref(Offer), { description: 'The offers, cheapest first, then by id' }),
    checked_at: nullable(
      time(
        'When the Offers service last answered for this product; null if never. With `at`, the ' +
          'last time up to that moment at which these offers were confirmed',
      ),
    ),
    stale: Type.Boolean({
      description:
        'Whether `checked_at` is older than three refresh intervals, in the future, or null',
    }),
  },
  { $id: 'ProductOffers', description: 'The offers on sale of one product' },
)

/** Which offers are wanted. */
export const OffersQuery = query({
  at: Type.Optional(time('The moment at which the offers were on sale; now by default')),
})
