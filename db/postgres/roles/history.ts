import type { LowestChange } from '../../../history/movers.ts'
import { toFreshness } from '../../encoding/product.ts'
import { OfferNotFound, ProductNotFound } from '../../errors.ts'
import type { HistoryStore } from '../../store.ts'
import { Compactor } from '../compaction.ts'
import { HistoryReads } from '../history/reads.ts'
import type { Session } from '../session.ts'

/** The number of histories to read at the same time. */
const HISTORIES_AT_ONCE = 4

/** Cuts off the part of a window that is in the future, about which nothing is known. */
function until<W extends { to: number }>(now: number, window: W): W {
  return { ...window, to: Math.min(window.to, now) }
}

/** Past prices. */
export function historyStore(session: Session): HistoryStore {
  const { reader, writer, options } = session
  const reads = new HistoryReads(reader, options.staleAfterMs)
  const compactor = new Compactor(reader, writer, session.clock)
  return {
    async offersAt(productId, at) {
      const key = await session.keyOf(productId)
      const { items, checkedAt } = await reads.offersAt(key, at, session.now())
      return { items, ...toFreshness(checkedAt, session.freshSpan(at)) }
    },

    async productHistory(productId, window) {
      const key = await session.keyOf(productId)
      const now = session.now()
      return reads.product(key, until(now, window), now)
    },

    async productHistoryVersion(productId, window) {
      const key = await session.keyOf(productId)
      const now = session.now()
      return reads.productVersion(key, until(now, window), now)
    },

    async *productHistories(productIds, window) {
      const now = session.now()
      const keys = await session.keysOf(productIds)
      const read = async (productId: string) => {
        const key = keys.get(productId)
        const history = key === undefined ? null : await reads.product(key, until(now, window), now)
        return { productId, history }
      }
      for (let begin = 0; begin < productIds.length; begin += HISTORIES_AT_ONCE) {
        yield* await Promise.all(productIds.slice(begin, begin + HISTORIES_AT_ONCE).map(read))
      }
    },

    async productStatistics(productId) {
      const key = await session.keyOf(productId)
      const statistics = await reads.statistics(key, session.now())
      /* c8 ignore next -- the product was deleted since its key was read, which no test can time */
      if (!statistics) throw new ProductNotFound(productId)
      return statistics
    },

    async offerHistory(productId, offerId, window) {
      const key = await session.keyOf(productId)
      const now = session.now()
      const history = await reads.offer(key, offerId, until(now, window), now)
      if (!history) throw new OfferNotFound(productId, offerId)
      return history
    },

    async offerHistoryVersion(productId, offerId, window) {
      const key = await session.keyOf(productId)
      const now = session.now()
      const version = await reads.offerVersion(key, offerId, until(now, window), now)
      if (version === undefined) throw new OfferNotFound(productId, offerId)
      return version
    },

    async *prices(window, productId) {
      const now = session.now()
      const { from, to } = until(now, window)
      const key = productId === undefined ? undefined : await session.keyOf(productId)
      const only = key === undefined || productId === undefined ? undefined : { key, id: productId }
      if (from <= to) yield* reads.prices(from, to, now, only)
    },

    lowestChanges: (from, filter = {}) => reads.lowestChanges(from, session.now(), filter),
    async atLow(changes, since) {
      const now = session.now()
      const keys = await session.keysOf(changes.map(({ productId }) => productId))
      const look = async (change: LowestChange): Promise<LowestChange[]> => {
        const key = keys.get(change.productId)
        const isAtLow = key !== undefined && (await reads.isAtLow(key, change, since, now))
        return isAtLow ? [change] : []
      }
      const found: LowestChange[] = []
      for (let begin = 0; begin < changes.length; begin += HISTORIES_AT_ONCE) {
        const some = changes.slice(begin, begin + HISTORIES_AT_ONCE)
        found.push(...(await Promise.all(some.map(look))).flat())
      }
      return found
    },

    compact: (compaction) => compactor.step(compaction),
  }
}
