import { type Static, Type } from '@sinclair/typebox'
import { LOW_WINDOWS } from '../history/at-low.ts'
import { DAY_MS } from '../history/time.ts'
import { type Condition, windowMs } from './alert-rules.ts'

const LONGEST_MS = 365 * DAY_MS

/** A condition as clients write and read it. Which properties it has depends on its type. */
export type AlertCondition = Static<typeof AlertCondition>
export const AlertCondition = Type.Object(
  {
    type: Type.Unsafe<Condition['type']>({
      type: 'string',
      enum: [
        ...['price_below', 'price_above', 'drop', 'rise', 'new_low', 'back_in_stock'],
        ...['out_of_stock', 'stale'],
      ],
      description:
        'What becomes true. `price_below`, `price_above`: the lowest price in stock is below or above `price`. ' +
        '`drop`, `rise`: it is `percent` or `absolute` below the highest, or above the lowest, price in `window`. ' +
        '`new_low`: it is below every earlier price in `window`. `back_in_stock`, `out_of_stock`: an offer, or no ' +
        'offer, is in stock. `stale`: the Offers service has not answered for the product for `for_s` seconds. ' +
        'While nothing is in stock there is no price, and what was true of the last one stays so.',
      examples: ['price_below'],
    }),
    price: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'The price to compare with, for `price_below` and `price_above`',
        examples: [40000],
      }),
    ),
    percent: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1_000_000,
        description: 'How far, in percent, for `drop` and `rise`, unless `absolute` says it',
      }),
    ),
    absolute: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'How far, as a price, for `drop` and `rise`, unless `percent` says it',
      }),
    ),
    window: Type.Optional(
      Type.String({
        pattern: '^([1-9][0-9]{0,5}[mhd]|all)$',
        'x-pattern': 'be minutes, hours or days, such as 90m, 24h or 7d, or all',
        description:
          'How far back to look. For `drop` and `rise`: minutes, hours or days up to a year, such as `90m`, `24h` or ' +
          '`7d`. For `new_low`: `30d`, `90d`, `365d` or `all`.',
      }),
    ),
    for_s: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 31_536_000,
        description:
          'For how long, in seconds, for `stale`; at least three refresh intervals count',
      }),
    ),
  },
  {
    $id: 'AlertCondition',
    additionalProperties: false,
    description: 'What an alert watches',
    examples: [{ type: 'price_below', price: 40000 }],
  },
)

type Property = Exclude<keyof AlertCondition, 'type'>

const PROPERTIES: Record<Condition['type'], Property[]> = {
  price_below: ['price'],
  price_above: ['price'],
  drop: ['percent', 'absolute', 'window'],
  rise: ['percent', 'absolute', 'window'],
  new_low: ['window'],
  back_in_stock: [],
  out_of_stock: [],
  stale: ['for_s'],
}

/** A condition that does not say what its type needs, or says what it does not know. */
class InvalidCondition extends Error {
  readonly statusCode = 400
}

/** The condition that a client wrote. Throws `InvalidCondition`. */
export function conditionOf(written: AlertCondition): Condition {
  const { type, price, percent, absolute, window, for_s } = written
  const known = PROPERTIES[type]
  const unknown = Object.keys(written).find(
    (name) => name !== 'type' && !known.some((property) => property === name),
  )
  const invalid = (what: string) => new InvalidCondition(`A condition of the type ${type} ${what}`)
  if (unknown !== undefined) throw invalid(`has no property ${unknown}; leave it out`)
  switch (type) {
    case 'price_below':
    case 'price_above':
      if (price === undefined) throw invalid('needs a price')
      return { type, price }
    case 'drop':
    case 'rise': {
      if (window === undefined || windowMs(window) > LONGEST_MS) {
        throw invalid('needs a window of at most 365d, such as 24h')
      }
      if (absolute === undefined && percent !== undefined) return { type, percent, window }
      if (percent === undefined && absolute !== undefined) return { type, absolute, window }
      throw invalid('needs either percent or absolute')
    }
    case 'new_low':
      if (window === undefined || !Object.hasOwn(LOW_WINDOWS, window)) {
        throw invalid(`needs one of the windows ${Object.keys(LOW_WINDOWS).join(', ')}`)
      }
      return { type, window }
    case 'stale':
      if (for_s === undefined) throw invalid('needs for_s')
      return { type, for_s }
    default:
      return { type }
  }
}
