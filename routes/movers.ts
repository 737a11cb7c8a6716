import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errors } from '../schemas/error.ts'
import { ifNoneMatch, notModified, tagged } from '../schemas/http.ts'
import { MOVER_WINDOWS, MoverList, MoverQuery } from '../schemas/mover.ts'
import { toTime } from '../schemas/to-time.ts'
import { ref } from '../schemas/types.ts'
import { filtersOf } from './product-query.ts'

/** Scanning a catalogue of hundreds of thousands of products in between other requests takes minutes. */
const MAX_SCAN_MS = 5 * 60_000

/** The products whose prices moved most. */
const movers: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      handlerTimeout: MAX_SCAN_MS,
      schema: {
        operationId: 'listMovers',
        summary: 'List the products whose price moved most',
        description:
          'The products in stock whose lowest price fell or rose most, by percentage. Products ' +
          'whose first known price in the window is 0 are omitted. All filters must match.',
        tags: ['Offers'],
        querystring: MoverQuery,
        headers: ifNoneMatch,
        response: {
          200: { ...ref(MoverList), description: 'The movers', headers: tagged },
          304: notModified,
          ...errors(400, 401),
        },
      },
    },
    async (request, reply) => {
      // Nothing is sent during a scan, and Node closes such a connection unless something listens to this event.
      reply.raw.on('timeout', () => {
        if (reply.sent) reply.raw.destroy()
      })
      const { window, direction, limit, min_percent = 0, min_absolute = 0, at_low } = request.query
      const { from, to, list } = await app.movers({
        windowMs: MOVER_WINDOWS[window],
        filter: filtersOf(request.query),
        minAbsolute: min_absolute,
        ...(at_low !== undefined && { atLow: at_low }),
      })
      // The list has those that moved by most percent, so this needs no scan of its own.
      const moved = list[direction].filter(({ percent }) => Math.abs(percent) >= min_percent)
      const items = moved.slice(0, limit).map((mover) => ({
        product_id: mover.productId,
        name: mover.name,
        first: mover.first,
        last: mover.last,
        change: { absolute: mover.absolute, percent: mover.percent },
      }))
      return { from: toTime(from), to: toTime(to), items }
    },
  )
}
export default movers
