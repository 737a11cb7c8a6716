import { type Static, Type } from '@sinclair/typebox'
import { ProductId } from './product.ts'
import { nullable, time } from './types.ts'

/** The freshness target: the age of a product's last check, in refresh intervals. */
export const TARGET_INTERVALS = 1.5

/** What does not work because of damage to the database. */
export const Damaged = Type.Array(
  Type.String({ examples: ['the older price history of some products'] }),
  {
    description:
      'What cannot be read or kept up to date because part of the database is damaged, as far as ' +
      'noticed since the start. The log and `npm run verify` have the details.',
  },
)

/** The damage as clients see it: each consequence once, without internal names. */
export function damagedParts(damage: readonly { means: string }[]): string[] {
  return [...new Set(damage.map(({ means }) => means))]
}

/** The state of the service, for people and monitoring. */
export type Status = Static<typeof Status>
export const Status = Type.Object(
  {
    version: Type.String({ description: 'The version of this service', examples: ['0.1.0'] }),
    uptime_s: Type.Integer({
      description: 'Seconds since the start of this instance',
      examples: [3600],
    }),
    instances: Type.Integer({
      minimum: 1,
      description:
        'The instances of the service that share the database, this one included. `uptime_s`, `database` and `upstream` ' +
        'are of the instance that answers, all other figures of all',
      examples: [1],
    }),
    products: Type.Integer({ description: 'Products in the catalogue', examples: [120] }),
    offers: Type.Integer({ description: 'Offers on sale', examples: [800] }),
    registrations_pending: Type.Integer({
      description: 'Products that are not yet registered with the Offers service',
      examples: [0],
    }),
    last_seq: Type.Integer({
      description: 'The `seq` of the last change in the feed; 0 before the first',
      examples: [1042],
    }),
    database: Type.Object({ damaged: Damaged }, { description: 'The database' }),
    upstream: Type.Object(
      {
        url: Type.String({ examples: ['https://offers.example.com/api/v1'] }),
        simulated: Type.Boolean({ description: 'Whether this is the built-in simulator' }),
        last_success_at: nullable(
          time('When a call last succeeded; null if none has since the start'),
        ),
        last_error: Type.Unsafe<{ at: string; message: string; product_id: string } | null>({
          type: ['object', 'null'],
          description: 'The last call that failed; null if none has since the start',
          properties: {
            at: time('When it failed'),
            message: Type.String({ examples: ['The Offers service answered 500'] }),
            product_id: { ...ProductId, description: 'The product that the call was for' },
          },
          required: ['at', 'message', 'product_id'],
        }),
        paused_until: nullable(
          time('When the pause that the Offers service asked for ends; null if there is none'),
        ),
      },
      { description: 'The Offers service, as this instance of the service sees it' },
    ),
    refresh: Type.Object(
      {
        interval_s: Type.Integer({
          description: 'The refresh interval in seconds',
          examples: [60],
        }),
        due: Type.Integer({ description: 'Products whose poll is due', examples: [2] }),
        oldest_checked_at: nullable(
          time(
            'The oldest last check of any registered product, ignoring checks in the future; null ' +
              'if there is none',
          ),
        ),
        p95_age_s: nullable(
          Type.Number({
            description:
              'The 95th percentile of the age of the last check, in seconds; null if there are no ' +
              'products, or if more than 5% were never checked or last checked in the future',
            examples: [58.2],
          }),
        ),
        within_target: Type.Number({
          minimum: 0,
          maximum: 1,
          description:
            'The share of registered and pending products that were checked within 1.5 intervals',
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
