import { type Static, Type } from '@sinclair/typebox'
import { EXAMPLE_OFFER_ID, EXAMPLE_PRODUCT } from './example.ts'
import { ProductId } from './product.ts'
import { EARLY, nullable, query, ref, streamed, time } from './types.ts'

/** A record of the price export. */
export type PriceRecord = Static<typeof PriceRecord>
export const PriceRecord = Type.Object(
  {
    product_id: ProductId,
    offer_id: nullable(
      Type.String({ description: 'The offer; null for a gap', examples: [EXAMPLE_OFFER_ID] }),
    ),
    at: time('The time of the record'),
    event: Type.Unsafe<'in_force' | 'listed' | 'changed' | 'delisted' | 'hour' | 'gap'>({
      type: 'string',
      enum: ['in_force', 'listed', 'changed', 'delisted', 'hour', 'gap'],
      description:
        '`in_force`: the state when the window began. `listed`, `changed`, `delisted`: an ' +
        'observed change. `hour`: the state at the end of an hour in which the offer changed, ' +
        'for history that is kept by the hour. `gap`: nothing was observed until `until`.',
    }),
    price: nullable(Type.Integer({ description: 'The price; null if not on sale' })),
    items_in_stock: nullable(Type.Integer({ description: 'The stock; null if not on sale' })),
    until: nullable(time('The end of a gap; null for other events')),
  },
  { $id: 'PriceRecord', description: 'A record of the price export' },
)

/** The export as CSV. */
export const PriceTable = streamed({
  contentMediaType: 'text/csv',
  description: 'A header line, then one line per record. Null is an empty cell.',
  examples: [
    'product_id,offer_id,at,event,price,items_in_stock,until\r\n' +
      `${EXAMPLE_PRODUCT.id},${EXAMPLE_OFFER_ID},2026-11-22T08:00:00.000Z,changed,41900,12,\r\n`,
  ],
})

/** The export as NDJSON. */
export const PriceLines = streamed({
  contentMediaType: 'application/x-ndjson',
  contentSchema: Type.Array(ref(PriceRecord)),
  description: 'One line per record: a `PriceRecord` as JSON',
  examples: [
    `{"product_id":"${EXAMPLE_PRODUCT.id}","offer_id":"${EXAMPLE_OFFER_ID}",` +
      '"at":"2026-11-22T08:00:00.000Z","event":"changed","price":41900,"items_in_stock":12,"until":null}\n',
  ],
})

/** The query parameters of the price export. */
export const ExportQuery = query({
  from: Type.Optional(time('The start of the window; 24 hours before `to` by default', EARLY)),
  to: Type.Optional(time('The end of the window; now by default')),
  product_id: Type.Optional({ ...ProductId, description: 'Only this product' }),
  format: Type.Unsafe<'csv' | 'ndjson'>({
    type: 'string',
    enum: ['csv', 'ndjson'],
    default: 'csv',
    description:
      '`csv`: RFC 4180 with a header line; text that a spreadsheet would evaluate as a formula ' +
      "is prefixed with `'`. `ndjson`: one JSON object per line.",
    examples: ['ndjson'],
  }),
})
