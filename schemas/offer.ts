import { type Static, Type } from '@sinclair/typebox'
import { EXAMPLE_OFFER_ID } from './example.ts'
import { nullable, query, ref, time } from './types.ts'

/** An offer on sale, as the API shows it. */
export type Offer = Static<typeof Offer>
export const Offer = Type.Object(
  {
    id: Type.String({
      description: 'The id that the Offers service assigned',
      examples: [EXAMPLE_OFFER_ID],
    }),
    price: Type.Integer({
      description: 'The price, in the unit of the Offers service',
      examples: [41900],
    }),
    items_in_stock: Type.Integer({
      description: 'The number of items that the shop has in stock',
      examples: [12],
    }),
    first_seen_at: time('When the offer was first observed'),
    changed_at: time('When its price or stock last changed, or it returned to sale'),
    lowest_prior_30d: nullable(
      Type.Integer({
        description:
          'If the price is a reduction, the lowest price observed in the 30 days before the ' +
          'reduction took effect; null if it is not, or if nothing was observed before',
        examples: [44900],
      }),
    ),
  },
  { $id: 'Offer', description: 'The price and stock at which a shop sells the product' },
)

/** The offers of a product, from the last valid answer of the Offers service. */
export type ProductOffers = Static<typeof ProductOffers>
export const ProductOffers = Type.Object(
  {
    items: Type.Array(ref(Offer), { description: 'The offers, cheapest first, then by id' }),
    checked_at: nullable(
      time(
        'When the Offers service last answered for this product; null if never. With `at`, when ' +
          'these offers were last confirmed up to that moment',
      ),
    ),
    stale: Type.Boolean({
      description:
        'Whether `checked_at` is older than three refresh intervals, in the future, or null',
    }),
  },
  { $id: 'ProductOffers', description: 'The offers on sale of one product' },
)

/** The query parameters of the offers of a product. */
export const OffersQuery = query({
  at: Type.Optional(time('Read the offers as they stood at this moment; now by default')),
})
