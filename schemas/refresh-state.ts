import { type Static, Type } from '@sinclair/typebox'
import { nullable, time } from './types.ts'

/** The ways in which a call to the Offers service can fail, and what each means. */
const FAULTS = {
  paused: 'no call was made, because the Offers service asked for a pause or appears to be down',
  unavailable: 'status 429 or 5xx, a timeout, or no connection',
  unauthorized: 'the access token was refused, or none could be obtained',
  'not-found': 'the Offers service does not know the product',
  rejected: 'the Offers service rejects the product',
  malformed: 'the answer was not a valid list of offers',
  unexpected: 'any other status',
} as const

/** Why a call to the Offers service failed. */
export type OffersFault = keyof typeof FAULTS

const OffersFault = Type.Unsafe<OffersFault>({
  type: 'string',
  enum: Object.keys(FAULTS),
  description:
    'The kind of fault; null if nothing failed. ' +
    Object.entries(FAULTS)
      .map(([fault, meaning]) => `\`${fault}\`: ${meaning}.`)
      .join(' '),
  examples: ['unavailable'],
})

/** How polling a product, or registering it first, is going: why it is stale, if it is. */
export type RefreshState = Static<typeof RefreshState>
export const RefreshState = Type.Object(
  {
    next_at: nullable(
      time(
        'When the next attempt is due. A time in the past means that the product is waiting for ' +
          'its turn; null means that it was rejected and is not retried',
      ),
    ),
    failures: Type.Integer({
      description: 'The number of consecutive failures; 0 after a success',
      examples: [3],
    }),
    fault: nullable(OffersFault),
    message: nullable(
      Type.String({
        description: 'What went wrong, for people to read; null if nothing failed',
        examples: ['The Offers service answered 500'],
      }),
    ),
    failed_at: nullable(time('When the last failure happened; null if nothing failed')),
  },
  {
    description:
      'The polling of a registered product, or the registration of a pending one: when the next ' +
      'attempt is due, and what has failed since the last success',
  },
)
