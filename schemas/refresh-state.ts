import type { Static } from '@sinclair/typebox'
import { Type } from '../typebox.ts'
import { nullable, time } from './types.ts'

/** Each way in which a call to the Offers service can fail, and what it means. */
const FAULTS = {
  paused: 'not called, because the Offers service asked for a pause or is taken to be down',
  unavailable: '429 or a 5xx status, no answer in time, or no connection',
  unauthorized: 'the access token was refused, or there was none to be had',
  'not-found': 'the Offers service does not know the product',
  rejected: 'the Offers service refuses the product',
  malformed: 'an answer that is not a valid list of offers',
  unexpected: 'any other status',
} as const

/** Why a call to the Offers service gave nothing to work with. */
export type OffersFault = keyof typeof FAULTS

const OffersFault = Type.Unsafe<OffersFault>({
  type: 'string',
  enum: Object.keys(FAULTS),
  description:
    'What kind of fault it was; null where nothing failed. ' +
    Object.entries(FAULTS)
      .map(([fault, meaning]) => `\`${fault}\`: ${meaning}.`)
      .join(' '),
  examples: ['unavailable'],
})

/** How a product is polled or, before that, registered: why it is stale, if it is. */
export type RefreshState = Static<typeof RefreshState>
export const RefreshState = Type.Object(
  {
    next_at: nullable(
      time(
        'When it is tried next. A time in the past means that it is due and waits for its ' +
          'turn; null means that the product was rejected and is not tried again',
      ),
    ),
    failures: Type.Integer({
      description: 'How many times in a row it has failed; 0 after a success',
      examples: [3],
    }),
    fault: nullable(OffersFault),
    message: nullable(
      Type.String({
        description: 'What went wrong, in a sentence for people; null if nothing failed',
        examples: ['The Offers service answered 500'],
      }),
    ),
    failed_at: nullable(time('When it last failed; null if it did not')),
  },
  {
    description:
      'The polling of a registered product, or the registration of a pending one: when it is ' +
      'tried next, and how it has failed since it last succeeded',
  },
)
