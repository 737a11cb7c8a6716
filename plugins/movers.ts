import fp from 'fastify-plugin'
import type { LowestFilter } from '../db/store.ts'
import { LOW_WINDOWS, type LowWindow } from '../history/at-low.ts'
import { type Direction, Movers } from '../history/movers.ts'

/** The number of movers kept in each direction; no answer has more. */
const MAX_MOVERS = 200

/** How long a result is reused, because each scan reads every product. */
const FRESH_MS = 30_000

/** The number of scans that may wait for their turn, so that a request can still be answered in time. */
const MAX_WAITING = 16

/** The number of results that are kept. */
const MAX_KEPT = 64

/** What a scan looks for. */
interface MoversQuestion {
  windowMs: number
  filter: LowestFilter
  minAbsolute: number
  /** Only prices that are the lowest of this window, and were higher in it. No price that rose is. */
  atLow?: LowWindow
}

/** The biggest movers over a window that ended when the scan began. */
interface MoversOfWindow {
  from: number
  to: number
  list: Record<Direction, ReturnType<Movers['list']>>
}

interface Scan {
  found: Promise<MoversOfWindow>
  /** When it began, once it has ended. */
  to?: number
}

/**
 * Decorates `app.movers`, which finds the products whose lowest price moved most over the last `windowMs`.
 * Requests with the same question within 30 seconds share one scan of the catalogue. One scan runs at a time, because
 * the slices of several would add up to a pause for all other requests.
 */
export default fp(
  async (app) => {
    const { clock } = app.store
    const scans = new Map<string, Scan>()
    let lastScan: Promise<void> = Promise.resolve()

    async function find({ windowMs, filter, minAbsolute, atLow }: MoversQuestion) {
      const to = clock()
      const from = to - windowMs
      const drop = new Movers('drop', MAX_MOVERS, minAbsolute)
      const rise = new Movers('rise', MAX_MOVERS, minAbsolute)
      for await (const changes of app.store.lowestChanges(from, filter)) {
        if (atLow === undefined) {
          drop.add(changes)
          rise.add(changes)
        } else {
          // No window of movers is longer than one of lows, so what rose was lower in it.
          const since = Math.max(0, to - LOW_WINDOWS[atLow])
          drop.add(await app.store.atLow(drop.contenders(changes), since))
        }
      }
      return { from, to, list: { drop: drop.list(), rise: rise.list() } }
    }

    const isGood = ({ to }: Scan) => to === undefined || Math.abs(clock() - to) < FRESH_MS

    /** Forgets results that are too old, and the oldest of too many. */
    function forget(): void {
      for (const [key, scan] of scans) {
        const isSpare = scan.to !== undefined && scans.size >= MAX_KEPT
        if (isSpare || !isGood(scan)) scans.delete(key)
      }
    }

    function begin(key: string, question: MoversQuestion): Scan {
      const waiting = [...scans.values()].filter(({ to }) => to === undefined).length
      if (waiting >= MAX_WAITING) {
        throw app.httpErrors.serviceUnavailable(`${waiting} searches for movers are waiting`)
      }
      const scan: Scan = { found: lastScan.then(() => find(question)) }
      const ended = ({ to }: MoversOfWindow): void => {
        scan.to = to
      }
      const failed = (): void => {
        scans.delete(key) // The next request tries again.
      }
      lastScan = scan.found.then(ended, failed)
      scans.set(key, scan)
      return scan
    }

    app.decorate('movers', async (question) => {
      forget()
      const key = JSON.stringify(question)
      const scan = scans.get(key) ?? begin(key, question)
      return scan.found
    })
  },
  { name: 'movers', dependencies: ['store', '@fastify/sensible'] },
)

declare module 'fastify' {
  interface FastifyInstance {
    movers(question: MoversQuestion): Promise<MoversOfWindow>
  }
}
