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
    items_in_stock: Type.Integer({ description: 'How many the shop has', examples: [12] }),
    first_seen_at: time('When the offer was first observed'),
    changed_at: time('When its price or stock was last seen to change, or it came back on sale'),
    lowest_prior_30d: nullable(
      Type.Integer({
        description:
          'Where the price is a reduction: the lowest price at which it was offered in the 30 days ' +
          'before that reduction took effect, as far as was observed; null where it is none, or ' +
          'nothing was observed before it',
        examples: [44900],
      }),
    ),
  },
  { $id: 'Offer', description: 'A price and a stock at which some shop sells the product' },
)

/** The offers of a product at the last time that the Offers service answered for it. */
export type ProductOffers = Static<typeof ProductOffers>
export const ProductOffers = Type.Object(
  {
    items: Type.Array(ref(Offer), { description: 'The offers, cheapest first, then by id' }),
    checked_at: nullable(
      time(
        'When the Offers service last answered for it; null if never yet. Of a moment in the past: ' +
          'until when this was known to hold, the moment itself at most',
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
  at: Type.Optional(time('The moment as of which the offers are wanted; now by default')),
})
