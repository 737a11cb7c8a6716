import type { ObservedOffer, Outcome } from '../../db/store.ts'
import { HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import { type Market, moved, NOW, poll, random, randomInt, YEAR_MS } from './market.ts'

/** Yields polls every five minutes. Some fail, offers disappear and return, and some hours have no polls. */
export function* lively(all: Market[], from: number): Generator<Outcome[]> {
  const gone = new Map<Market, ObservedOffer[]>(all.map((market) => [market, []]))
  for (let at = from; at <= NOW; at += 5 * MINUTE_MS) {
    if (Math.floor(at / HOUR_MS) % 240 < 3) continue // The service is down for three hours every ten days.
    yield all.map((market): Outcome => {
      const { token } = market
      if (random() < 0.01) {
        const dueAt = at + 2 * YEAR_MS
        return {
          type: 'refresh-failed',
          token,
          at,
          dueAt,
          fault: 'unavailable',
          message: 'It is down',
        }
      }
      const away = gone.get(market) ?? []
      if (random() < 0.01) away.push(...market.offers.splice(randomInt(market.offers.length), 1))
      if (random() < 0.01) market.offers.push(...away.splice(0, 1))
      market.offers = market.offers.map(moved)
      return poll(market, at)
    })
  }
}
