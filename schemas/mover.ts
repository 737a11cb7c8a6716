import { type Static, Type } from '@sinclair/typebox'
import { LOW_WINDOWS, type LowWindow } from '../history/at-low.ts'
import { DAY_MS, HOUR_MS } from '../history/time.ts'
import { FILTERS } from './filters.ts'
import { ProductId } from './product.ts'
import { query, ref, time } from './types.ts'

/** The windows over which movers are ranked, in ms. */
export const MOVER_WINDOWS = {
  '1h': HOUR_MS,
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
} as const

/** A product whose lowest price moved. */
export type Mover = Static<typeof Mover>
export const Mover = Type.Object(
  {
    product_id: ProductId,
    name: Type.String({ description: 'Its name', examples: ['Robotic lawn mower'] }),
    first: Type.Integer({
      description: 'Its lowest price when the window began, or else the first one in the window',
      examples: [44900],
    }),
    last: Type.Integer({
      description: 'Its lowest price when the window ended',
      examples: [41900],
    }),
    change: Type.Object({
      absolute: Type.Integer({ description: '`last` minus `first`', examples: [-3000] }),
      percent: Type.Number({
        description: 'The change as a percentage of `first`',
        examples: [-6.68],
      }),
    }),
  },
  { $id: 'Mover', description: 'A product whose lowest price moved' },
)

/** The products whose lowest price moved most. */
export type MoverList = Static<typeof MoverList>
export const MoverList = Type.Object(
  {
    from: time('When the window begins'),
    to: time('When the window ends: the time of the last scan, at most 30 seconds ago'),
    items: Type.Array(ref(Mover), {
      description: 'The products whose price moved in that direction, largest change first',
    }),
  },
  { $id: 'MoverList', description: 'The products whose lowest price moved most, by percentage' },
)

/** The query parameters of the movers. */
export const MoverQuery = query({
  window: Type.Unsafe<keyof typeof MOVER_WINDOWS>({
    type: 'string',
    enum: Object.keys(MOVER_WINDOWS),
    default: '24h',
    description: 'The length of the window, which ends now',
    examples: ['1h'],
  }),
  direction: Type.Unsafe<'drop' | 'rise'>({
    type: 'string',
    enum: ['drop', 'rise'],
    default: 'drop',
    description: 'Whether to list falling or rising prices',
    examples: ['rise'],
  }),
  min_percent: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Only products whose `change.percent` is at least this, whatever its sign',
      examples: [12.5],
    }),
  ),
  min_absolute: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description:
        'Only products whose price moved by at least this, in the unit of the Offers service',
      examples: [1000],
    }),
  ),
  ...FILTERS,
  in_stock: Type.Optional(
    Type.Boolean({
      description:
        'As in the list of products; it changes nothing here, because every mover has an offer in stock',
      examples: [true],
    }),
  ),
  at_low: Type.Optional(
    Type.Unsafe<LowWindow>({
      type: 'string',
      enum: Object.keys(LOW_WINDOWS),
      description:
        'Only products whose lowest price is now the lowest of the last 30, 90 or 365 days, or of all time, and was ' +
        'higher in that time. No price that rose is.',
      examples: ['30d'],
    }),
  ),
  limit: Type.Integer({
    minimum: 1,
    maximum: 200,
    default: 20,
    description: 'The maximum number of items',
    examples: [5],
  }),
})
