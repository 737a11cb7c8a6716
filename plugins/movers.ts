import fp from 'fastify-plugin'
import { type Direction, Movers } from '../history/movers.ts'

/** So many are found in each direction; no answer has more. */
export const MOST_MOVERS = 200

/** For so long an answer is good: it takes a look at every product. */
const FRESH_MS = 30_000

/** The products that moved most over a window that ended when it was looked. */
export interface MoversOfWindow {
  from: number
  to: number
  list: Record<Direction, ReturnType<Movers['list']>>
}

/**
 * Decorates `app.movers`: finds the products whose lowest price moved most over the last `windowMs`.
 * One look at the catalogue serves all who ask for the same window within half a minute.
 */
export default fp(
  async (app) => {
    const { clock } = app.environment
    const known = new Map<number, { at: number; found: Promise<MoversOfWindow> }>()

    async function find(windowMs: number): Promise<MoversOfWindow> {
      const to = clock()
      const from = to - windowMs
      const drop = new Movers('drop', MOST_MOVERS)
      const rise = new Movers('rise', MOST_MOVERS)
      for await (const changes of app.store.lowestChanges(from)) {
        drop.add(changes)
        rise.add(changes)
      }
      return { from, to, list: { drop: drop.list(), rise: rise.list() } }
    }

    app.decorate('movers', (windowMs) => {
      const last = known.get(windowMs)
      if (last && Math.abs(clock() - last.at) < FRESH_MS) return last.found
      const look = { at: clock(), found: find(windowMs) }
      known.set(windowMs, look)
      look.found.catch(() => {
        // The next one tries again.
        if (known.get(windowMs) === look) known.delete(windowMs)
      })
      return look.found
    })
  },
  { name: 'movers', dependencies: ['store'] },
)

declare module 'fastify' {
  interface FastifyInstance {
    movers(windowMs: number): Promise<MoversOfWindow>
  }
}
