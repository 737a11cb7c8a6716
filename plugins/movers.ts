import fp from 'fastify-plugin'
import { type Direction, Movers } from '../history/movers.ts'

/** The number of movers kept in each direction; no answer has more. */
const MAX_MOVERS = 200

/** How long a result is reused, because each scan reads every product. */
const FRESH_MS = 30_000

/** The biggest movers over a window that ended when the scan began. */
interface MoversOfWindow {
  from: number
  to: number
  list: Record<Direction, ReturnType<Movers['list']>>
}

/**
 * Decorates `app.movers`, which finds the products whose lowest price moved most over the last `windowMs`.
 * Requests for the same window within 30 seconds share one scan of the catalogue.
 */
export default fp(
  async (app) => {
    const { clock } = app.store
    const scans = new Map<number, { at: number; found: Promise<MoversOfWindow> }>()

    async function find(windowMs: number): Promise<MoversOfWindow> {
      const to = clock()
      const from = to - windowMs
      const drop = new Movers('drop', MAX_MOVERS)
      const rise = new Movers('rise', MAX_MOVERS)
      for await (const changes of app.store.lowestChanges(from)) {
        drop.add(changes)
        rise.add(changes)
      }
      return { from, to, list: { drop: drop.list(), rise: rise.list() } }
    }

    app.decorate('movers', (windowMs) => {
      const last = scans.get(windowMs)
      if (last && Math.abs(clock() - last.at) < FRESH_MS) return last.found
      const scan = { at: clock(), found: find(windowMs) }
      scans.set(windowMs, scan)
      scan.found.catch(() => {
        // The next request tries again.
        if (scans.get(windowMs) === scan) scans.delete(windowMs)
      })
      return scan.found
    })
  },
  { name: 'movers', dependencies: ['store'] },
)

declare module 'fastify' {
  interface FastifyInstance {
    movers(windowMs: number): Promise<MoversOfWindow>
  }
}
