import type { Sighting } from '../../../alerts/watch.ts'
import { floorTo, HOUR_MS } from '../../../history/time.ts'
import type { LiveAlerts, PriceChange, Repolled } from '../../live-alerts.ts'
import type { KeyedOutcome } from '../../settle.ts'
import type { FeedDraft } from '../feed-draft.ts'
import type { LoadedHistory } from '../history/loaded.ts'
import { HistoryNeeded, type OfferRow, Offers } from './offers.ts'
import { type PollRules, SettledProduct } from './product.ts'
import type { ProductState } from './state.ts'

/** The state of the products that outcomes are about, as it was read. */
export interface Known {
  states: ReadonlyMap<number, ProductState>
  /** The known offers that outcomes mention but that are not on sale, and the last offer numbers, by product. */
  offers: ReadonlyMap<number, OfferRow[]>
  lastNumbers: ReadonlyMap<number, number>
  histories: ReadonlyMap<number, LoadedHistory>
}

/** A product after all outcomes. */
export interface Settled {
  product: SettledProduct
  offers: Offers
}

/** A change of price that alerts must be checked against. Their firings follow it in the feed. */
export interface WatchedChange extends PriceChange {
  firings: Firing[]
}

/** A product that was polled again after a gap. */
export interface WatchedGap extends Repolled {
  key: number
  firings: Firing[]
}

/** An alert that fired for a product. */
interface Firing {
  id: string
  sighting: Sighting
}

/** A change for the feed. */
type Note = (feed: FeedDraft) => void

export interface AppliedOutcomes {
  settled: Map<number, Settled>
  notes: Note[]
  /** What alerts must be checked against, in order. */
  watched: (WatchedChange | WatchedGap)[]
  /** The products whose history must be read first. If there are any, discard the result, read it and apply again. */
  needed: Set<number>
}

/** Applies outcomes, in order, to products in memory. Outcomes of products that were deleted are ignored. */
export function applyOutcomes(
  outcomes: readonly KeyedOutcome[],
  known: Known,
  rules: PollRules,
  { live, now }: { live: LiveAlerts; now: number },
): AppliedOutcomes {
  const settled = new Map<number, Settled>()
  const notes: Note[] = []
  const watched: (WatchedChange | WatchedGap)[] = []
  const needed = new Set<number>()

  function settledOf(key: number): Settled | undefined {
    const found = settled.get(key)
    const state = known.states.get(key)
    if (found || !state) return found
    const product = new SettledProduct(state)
    const offers = new Offers(product, {
      offers: known.offers.get(key) ?? [],
      lastNumber: known.lastNumbers.get(key) ?? 0,
      history: known.histories.get(key),
    })
    const made = { product, offers }
    settled.set(key, made)
    return made
  }

  /** Adds something that alerts must be checked against once it is written. */
  function watch(seen: WatchedChange | WatchedGap): void {
    if (!live.watches(seen.key)) return
    watched.push(seen)
    notes.push((feed) => {
      for (const { id, sighting } of seen.firings) feed.alert(id, seen.key, sighting)
    })
  }

  /** Records a successful poll. */
  function check(product: SettledProduct, at: number, dueAt: number): void {
    const { key, checkedAt } = product.now
    product.check(at, dueAt, rules)
    if (checkedAt !== null && product.now.coveredSince === at) {
      watch({ key, checkedAt, nextAt: at, now: at, firings: [] })
    }
  }

  function refresh(outcome: Extract<KeyedOutcome, { type: 'refreshed' }>, to: Settled): void {
    const { key, at, dueAt, answer = null } = outcome
    check(to.product, at, dueAt)
    const before = to.product.now.lowestPrice
    const found = to.offers.observe(at, outcome.offers)
    to.product.answered(answer)
    if (!found) return
    // If the clock was put back, the change may belong to an hour that is rolled up already, which must be redone.
    to.product.rolledBackTo(floorTo(found.at, HOUR_MS))
    notes.push((feed) => feed.poll(key, found.at, found.changed))
    const price = to.product.now.lowestPrice
    if (price === before) return
    watch({ key, at: found.at, polledAt: at, now, price, before, firings: [] })
  }

  function apply(outcome: KeyedOutcome, to: Settled): void {
    const { product } = to
    switch (outcome.type) {
      case 'registered': {
        const { key, at } = outcome
        if (product.register(at)) notes.push((feed) => feed.product('product.registered', key, at))
        break
      }
      case 'rejected':
        product.reject(outcome.version, outcome.at, outcome.reason)
        break
      case 'registration-failed':
        product.failRegistration(outcome, outcome.dueAt)
        break
      case 'refreshed':
        refresh(outcome, to)
        break
      case 'unchanged':
        check(product, outcome.at, outcome.dueAt)
        break
      case 'refresh-failed':
        product.failPoll(outcome, outcome.dueAt)
        break
      case 'postponed':
        product.postpone(outcome.dueAt)
        break
      case 'forgotten':
        product.forget(outcome.dueAt)
        product.failPoll(outcome, null)
        break
      case 'released':
    }
  }

  for (const outcome of outcomes) {
    const to = needed.has(outcome.key) ? undefined : settledOf(outcome.key)
    if (!to) continue
    try {
      apply(outcome, to)
    } catch (error) {
      if (!(error instanceof HistoryNeeded)) throw error
      needed.add(outcome.key)
    }
  }
  return { settled, notes, watched, needed }
}
