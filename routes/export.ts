import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { csvLine } from '../import-export/csv.ts'
import { errors } from '../schemas/error.ts'
import { ExportQuery, PriceLines, PriceRecord, PriceTable } from '../schemas/export.ts'
import { windowOf } from './window.ts'

const COLUMNS = Object.keys(PriceRecord.properties) as (keyof PriceRecord)[]

const EXPORT_FORMATS = {
  csv: {
    type: 'text/csv; charset=utf-8; header=present',
    head: csvLine(COLUMNS),
    line: (record: PriceRecord) => csvLine(COLUMNS.map((column) => record[column])),
  },
  ndjson: {
    type: 'application/x-ndjson; charset=utf-8',
    head: '',
    line: (record: PriceRecord) => `${JSON.stringify(record)}\n`,
  },
}

/** The export of observed prices, for other programs. */
const exportRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/prices',
    {
      compress: false, // The answer is streamed as it is read.
      schema: {
        operationId: 'exportPrices',
        summary: 'Export the observed prices of a window',
        description:
          'All observed prices and stock, product by product in order of creation. For each ' +
          'product: the gaps in the observations, then the state when the window began, then ' +
          'every change in time order. History that is kept by the hour has one record an hour ' +
          'for each offer that changed.',
        tags: ['Offers'],
        querystring: ExportQuery,
        response: {
          200: {
            description: 'One line per record',
            content: {
              'text/csv': { schema: PriceTable },
              'application/x-ndjson': { schema: PriceLines },
            },
          },
          ...errors(400, 401, 404),
        },
      },
    },
    async (request, reply) => {
      const { format, product_id: productId } = request.query
      const { type, head, line } = EXPORT_FORMATS[format]
      const window = windowOf(app, request.query)
      if (productId !== undefined) await app.store.product(productId) // Throws a 404.
      async function* lines() {
        yield head
        for await (const records of app.store.prices(window, productId)) {
          if (records.length > 0) yield records.map(line).join('')
        }
      }
      reply.type(type).header('content-disposition', `attachment; filename="prices.${format}"`)
      // HEAD sends only the headers, so there is nothing to read.
      const content = request.method === 'HEAD' ? [] : lines()
      return reply.send(Readable.from(content, { objectMode: false }))
    },
  )
}
export default exportRoutes
