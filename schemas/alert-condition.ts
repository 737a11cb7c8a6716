import { type Static, type TObject, type TProperties, Type } from '@sinclair/typebox'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../history/time.ts'

const UNIT_MS: Record<string, number> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS }

/** The length of a window such as `90m`, `24h` or `7d`, in ms; infinite for `all`. */
export function windowMs(window: string): number {
  return (
    Number.parseInt(window, 10) * (UNIT_MS[window.slice(-1)] ?? Number.POSITIVE_INFINITY) ||
    Number.POSITIVE_INFINITY
  )
}

const strict = <T extends TProperties>(properties: T): TObject<T> =>
  Type.Object(properties, { additionalProperties: false })

const kind = <Name extends string>(name: Name, description: string) =>
  Type.Unsafe<Name>({ type: 'string', enum: [name], description })

const price = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'The price to compare with',
  examples: [40000],
})

const window = Type.String({
  pattern:
    '^([1-9][0-9]{0,3}m|[1-9][0-9]{0,2}h|[1-9][0-9]?d|[12][0-9][0-9]d|3[0-5][0-9]d|36[0-5]d)$',
  description:
    'How far back to look, in minutes, hours or days: `90m`, `24h`, `7d`; at most `365d`',
  examples: ['24h'],
})

const percent = Type.Number({
  exclusiveMinimum: 0,
  maximum: 1_000_000,
  description: 'The change in percent of the reference',
  examples: [10],
})

const absolute = Type.Integer({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'The change in price',
  examples: [5000],
})

const DROP = 'How far the price is below the highest price in the window'
const RISE = 'How far the price is above the lowest price in the window'

/** What an alert watches. A price is the lowest price in stock of a product. */
export type Condition = Static<typeof Condition>
export const Condition = Type.Union(
  [
    strict({ type: kind('price_below', 'The price is below a given one'), price }),
    strict({ type: kind('price_above', 'The price is above a given one'), price }),
    strict({ type: kind('drop', DROP), percent, window }),
    strict({ type: kind('drop', DROP), absolute, window }),
    strict({ type: kind('rise', RISE), percent, window }),
    strict({ type: kind('rise', RISE), absolute, window }),
    strict({
      type: kind('new_low', 'The price is below every earlier price in the window'),
      window: Type.Unsafe<'30d' | '90d' | '365d' | 'all'>({
        type: 'string',
        enum: ['30d', '90d', '365d', 'all'],
        description: 'How far back to look',
        examples: ['90d'],
      }),
    }),
    strict({ type: kind('back_in_stock', 'An offer is in stock') }),
    strict({ type: kind('out_of_stock', 'No offer is in stock') }),
    strict({
      type: kind('stale', 'The Offers service has not answered for the product for some time'),
      for_s: Type.Integer({
        minimum: 1,
        maximum: 31_536_000,
        description: 'For how many seconds; at least three refresh intervals count',
        examples: [3600],
      }),
    }),
  ],
  {
    description:
      'What the alert watches. All types but `stale` watch the lowest price in stock of a product.',
    examples: [{ type: 'price_below', price: 40000 }],
  },
)

/** What decides when an alert fires. */
export interface Rule {
  condition: Condition
  rearm_percent: number
  cooldown_s: number
  fire_if_true: boolean
}
