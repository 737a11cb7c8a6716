import type { HistoryCursor, PolledOffer } from '../../history/offer-state.ts'

/** The prices of the offers that a poll finds in stock, by their numbers; the rest is not on sale. */
export type Prices = Record<number, number>

/** A cursor over polls that find these prices, one piece of each; those after `to` are left for `finish`. */
export function cursorOver(
  from: number,
  opening: Prices,
  polls: [at: number, prices: Prices][],
  to = Number.POSITIVE_INFINITY,
): HistoryCursor {
  let before: Prices = {}
  let next = -1
  const cursor = { at: from, changed: [] as PolledOffer[], onSale: [] as PolledOffer[] }

  function read(at: number, prices: Prices, isOpening: boolean): void {
    const numbers = [...new Set([...Object.keys(before), ...Object.keys(prices)])].map(Number)
    const changed = numbers.flatMap((number): PolledOffer[] => {
      const [was, is] = [before[number], prices[number]]
      if (was === is) return []
      const event = was === undefined ? 'listed' : is === undefined ? 'delisted' : 'changed'
      const price = Number(is ?? was)
      return [{ number, price, itemsInStock: 1, changedAt: at, lowestPrior: null, event }]
    })
    const same = cursor.onSale.filter(({ number }) => before[number] === prices[number])
    cursor.onSale = [...same, ...changed.filter(({ event }) => event !== 'delisted')]
    cursor.changed = isOpening ? [] : changed
    cursor.at = at
    before = prices
  }

  return Object.assign(cursor, {
    next(): boolean {
      const poll = polls[next]
      if (next >= 0 && (!poll || poll[0] > to)) return false
      if (poll) read(...poll, false)
      else read(from, opening, true)
      next++
      return true
    },
    finish(): boolean {
      const rest = polls.slice(next)
      for (const poll of rest) read(...poll, false)
      next = polls.length
      return rest.length > 0
    },
  })
}
