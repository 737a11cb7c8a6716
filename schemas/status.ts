import type { Static } from '@sinclair/typebox'
import { Type } from '../typebox.ts'
import { ProductId } from './product.ts'
import { nullable, time } from './types.ts'

/** Checked within so many intervals, a product is as fresh as it is meant to be. */
export const TARGET_INTERVALS = 1.5

/** What is damaged, in words. */
export const Damaged = Type.Array(
  Type.String({ examples: ['the older price history of some products'] }),
  {
    description:
      'What cannot be read or kept up to date because a part of the database is damaged, as ' +
      'far as noticed since the start. The log and `npm run verify` say more.',
  },
)

/** The damage of a database as clients are told of it: each consequence once, without what is internal. */
export function damagedParts(damage: readonly { means: string }[]): string[] {
  return [...new Set(damage.map(({ means }) => means))]
}

/** How the service is doing, for people and for monitoring. */
export type Status = Static<typeof Status>
export const Status = Type.Object(
  {
    version: Type.String({ description: 'The version of this service', examples: ['0.1.0'] }),
    uptime_s: Type.Integer({ description: 'Seconds since the start', examples: [3600] }),
    products: Type.Integer({ description: 'Products in the catalogue', examples: [120] }),
    offers: Type.Integer({ description: 'Offers on sale', examples: [800] }),
    registrations_pending: Type.Integer({
      description: 'Products that are not yet registered with the Offers service',
      examples: [0],
    }),
    last_seq: Type.Integer({
      description: 'The last change in the change feed; 0 before the first',
      examples: [1042],
    }),
    database: Type.Object({ damaged: Damaged }, { description: 'The database' }),
    upstream: Type.Object(
      {
        url: Type.String({ examples: ['https://offers.example.com/api/v1'] }),
        simulated: Type.Boolean({ description: 'Whether it is the built-in simulator' }),
        last_success_at: nullable(time('When a call last succeeded since the start')),
        last_error: Type.Unsafe<{ at: string; message: string; product_id: string } | null>({
          type: ['object', 'null'],
          description: 'The last call since the start that failed',
          properties: {
            at: time('When it failed'),
            message: Type.String({ examples: ['The Offers service answered 500'] }),
            product_id: { ...ProductId, description: 'The product that it was called for' },
          },
          required: ['at', 'message', 'product_id'],
        }),
        paused_until: nullable(
          time('Until when the Offers service asked not to be called; null if it did not'),
        ),
      },
      { description: 'The Offers service' },
    ),
    refresh: Type.Object(
      {
        interval_s: Type.Integer({ description: 'The refresh interval', examples: [60] }),
        due: Type.Integer({ description: 'Products whose poll is due', examples: [2] }),
        oldest_checked_at: nullable(
          time(
            'The oldest check among the registered products, ignoring any in the future; null if ' +
              'there is none',
          ),
        ),
        p95_age_s: nullable(
          Type.Number({
            description:
              'The 95th percentile of the age of the last check, in seconds; null if there are no ' +
              'products, or more than 5% have no check or one in the future',
            examples: [58.2],
          }),
        ),
        within_target: Type.Number({
          minimum: 0,
          maximum: 1,
          description:
            'The share of all products to be polled, pending ones included, that were checked ' +
            'within 1.5 intervals',
          examples: [1],
        }),
        failing: Type.Integer({
          description: 'Products whose last poll failed',
          examples: [0],
        }),
      },
      { description: 'How fresh the products are' },
    ),
  },
  { $id: 'Status', description: 'The state of the service' },
)
