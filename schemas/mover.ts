import { type Static, Type } from '@sinclair/typebox'
import { DAY_MS, HOUR_MS } from '../history/time.ts'
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
  limit: Type.Integer({
    minimum: 1,
    maximum: 200,
    default: 20,
    description: 'The maximum number of items',
    examples: [5],
  }),
})
