import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LowestChange } from '../../../history/movers.ts'
import { toFreshness } from '../../encoding/product.ts'
import { OfferNotFound } from '../../errors.ts'
import { present } from '../../present.ts'
import type { HistoryStore } from '../../store.ts'
import { Compactor } from '../compactor.ts'
import type { Session } from '../session.ts'

/** Cuts off the part of a window that is in the future, about which nothing is known. */
function clamped<W extends { to: number }>(now: number, window: W): W {
  return { ...window, to: Math.min(window.to, now) }
}

/**
 * From when on the history of a window that ends at `to` stays the same if nothing is written: once it has ended, and the
 * time since the last successful poll either is not part of it or became a gap.
 */
const steadySince = (to: number, checkedAt: number, staleAfterMs: number) =>
  1 + (checkedAt >= to ? to : Math.max(to, checkedAt + staleAfterMs))

/** Past prices. */
export function historyStore(session: Session): HistoryStore {
  const { history, ready } = session
  const { staleAfterMs } = session.options
  const compactor = new Compactor(
    (question) => session.read(() => question(history.compaction)),
    session.writer,
    session.options.clock,
  )

  /** Yields the same items, each read from one snapshot, and lets other work run between them. */
  async function* inTurns<T>(items: Generator<T>): AsyncGenerator<T> {
    for (;;) {
      const { done, value } = session.read(() => items.next())
      if (done) return
      yield value
      await nextTurn()
    }
  }

  return {
    async offersAt(productId, at) {
      const key = session.keyOf(productId)
      const { items, checkedAt } = session.read(() => history.offers(key, at, session.now()))
      return { items, ...toFreshness(checkedAt, session.freshSpan(at)) }
    },

    async productHistory(productId, window) {
      const key = session.keyOf(productId)
      const now = session.now()
      return session.read(() => history.windows.product(key, clamped(now, window), now))
    },

    async productHistoryVersion(productId, window) {
      const kept = ready.historyVersion(productId, window)
      if (kept !== undefined) return kept
      const { key, checkedAt } = session.checked(productId)
      const now = session.now()
      const version = session.read(() =>
        history.windows.productVersion(key, clamped(now, window), now),
      )
      const steadyAt = steadySince(window.to, checkedAt ?? 0, staleAfterMs)
      if (now >= steadyAt) {
        ready.keepHistoryVersion({ id: productId, key }, window, version, steadyAt)
      }
      return version
    },

    async *productHistories(productIds, window) {
      const now = session.now()
      for (const productId of productIds) {
        await nextTurn()
        const key = session.findKey(productId)
        const read = (key: number) => history.windows.product(key, clamped(now, window), now)
        yield { productId, history: key === undefined ? null : session.read(() => read(key)) }
      }
    },

    async productStatistics(productId) {
      const key = session.keyOf(productId)
      const at = session.now()
      return session.read(() => {
        const row = present(history.extremes.of(key), 'the polls of', productId)
        const allTime = history.readExtremes(key, row)
        const windows = history.recent(key, at)
        return { at, lowestPrice: row.lowestPrice, allTime, windows }
      })
    },

    async offerHistory(productId, offerId, window) {
      const key = session.keyOf(productId)
      const now = session.now()
      const found = session.read(() =>
        history.windows.offer(key, offerId, clamped(now, window), now),
      )
      if (!found) throw new OfferNotFound(productId, offerId)
      return found
    },

    async offerHistoryVersion(productId, offerId, window) {
      const key = session.keyOf(productId)
      const now = session.now()
      const version = session.read(() =>
        history.windows.offerVersion(key, offerId, clamped(now, window), now),
      )
      if (version === undefined) throw new OfferNotFound(productId, offerId)
      return version
    },

    async *prices(window, productId) {
      const now = session.now()
      const { from, to } = clamped(now, window)
      const only =
        productId === undefined ? undefined : { key: session.keyOf(productId), id: productId }
      if (from <= to) yield* inTurns(history.prices(from, to, now, only))
    },

    lowestChanges: (from, filter = {}) =>
      inTurns(history.lowestChanges(from, session.now(), filter)),

    async atLow(changes, since) {
      const now = session.now()
      const found: LowestChange[] = []
      for (const change of changes) {
        await nextTurn()
        const key = session.findKey(change.productId)
        if (key === undefined) continue
        if (session.read(() => history.isAtLow(key, change, since, now))) found.push(change)
      }
      return found
    },

    compact: (compaction) => compactor.step(compaction),
  }
}
