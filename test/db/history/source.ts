import { encodeOpening, encodePoll } from '../../../db/encoding/chunk.ts'
import type { SeenOffer } from '../../../db/encoding/history-reader.ts'
import type { HistorySource } from '../../../db/history/source.ts'
import type { Span } from '../../../history/coverage.ts'
import type { OfferChange, OfferState } from '../../../history/offer-state.ts'

/** What is known of a product: the prices that each poll found, by the numbers of the offers. */
interface Known {
  polls: [at: number, prices: Record<number, number>][]
  offers: SeenOffer[]
  runs?: Span[]
}

/** A source that knows one product, whose polls are in one chunk. */
export function sourceOf({ polls, offers, runs = [] }: Known): HistorySource {
  let onSale: Record<number, number> = {}
  const state = (number: number, price: number, changedAt: number): OfferState => ({
    ...{ number, price, changedAt },
    itemsInStock: 1,
    lowestPrior: null,
  })
  const since = polls[0]?.[0] ?? 0
  let last = since
  const bytes = polls.map(([at, prices]) => {
    const changes = offers.flatMap(({ number }): OfferChange[] => {
      const [was, is] = [onSale[number], prices[number]]
      if (was === is) return []
      const before = was === undefined ? null : state(number, was, last)
      const now = is === undefined ? null : state(number, is, at)
      return [{ number, before, now }]
    })
    const poll = encodePoll(at - last, changes)
    last = at
    onSale = prices
    return poll
  })
  return {
    extent: () =>
      polls.length > 0 ? { firstSeenAt: since, rolledUntil: 0, firstPoll: since } : undefined,
    chunks: () => [[since, Buffer.concat([encodeOpening([], since), ...bytes])]],
    chunkAfter: () => undefined,
    offersBetween: (_key, _from, to) => offers.filter(({ firstSeenAt }) => firstSeenAt <= to),
    days: () => [],
    dayFrom: () => undefined,
    dayUpTo: () => undefined,
    offer: (_key, number) => offers.find((offer) => offer.number === number),
    offerById: (_key, id) => offers.find((offer) => offer.id === id),
    firstCovered: () => (runs.length > 0 ? Math.min(...runs.map(({ since }) => since)) : null),
    runs: () => runs,
    lastChange: () => polls.at(-1)?.[0],
    knownUntil: (_key, at) => at,
  }
}
