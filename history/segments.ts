import { lowestOf } from './lowest.ts'
import type { HistoryCursor, OfferState, PolledOffer } from './offer-state.ts'
import { LOWEST } from './series.ts'
import { priceAtEnd, type Stretch, standing } from './stretch.ts'

/** A price with its stock. */
type Stock = Pick<OfferState, 'price' | 'itemsInStock'>

function stockOf(series: number, onSale: readonly PolledOffer[]): Stock | null {
  if (series === LOWEST) return lowestOf(onSale)
  const offer = onSale.find(({ number }) => number === series)
  return offer ? { price: offer.price, itemsInStock: offer.itemsInStock } : null
}

/** Collects the times over which a price stood. */
class Standings {
  readonly stretches: Stretch[] = []
  #since: number
  #now: Stock | null = null

  constructor(from: number) {
    this.#since = from
  }

  change(at: number, next: Stock | null): void {
    const now = this.#now
    if (next?.price === now?.price && next?.itemsInStock === now?.itemsInStock) return
    if (at > this.#since) this.#push(at)
    this.#since = at
    this.#now = next
  }

  end(until: number): Stretch[] {
    this.#push(until)
    return this.stretches
  }

  #push(until: number): void {
    const { price = null, itemsInStock = null } = this.#now ?? {}
    this.stretches.push(standing(this.#since, until, price, itemsInStock))
  }
}

/** A part of a window that is read poll by poll. */
export interface PolledPart {
  from: number
  until: number
  /** The last moment whose changes belong to it; the state after those that follow `until` counts as of it. */
  last: number
}

/**
 * The stretches of a series in a part of a window, from a cursor over its polls. `note` hears of the offers
 * on sale at both ends, and of those that come and go in between.
 */
export function polledStretches(
  cursor: HistoryCursor,
  series: number,
  { from, until, last }: PolledPart,
  note: (offer: PolledOffer) => void = () => {},
): Stretch[] {
  const standings = new Standings(from)
  // A window without length tells nothing of what stood before its end.
  function noteOnSale(): void {
    if (until > from) for (const offer of cursor.onSale) note(offer)
  }
  while (cursor.next()) {
    const { at, onSale, changed } = cursor
    if (at === from) noteOnSale()
    for (const offer of changed) if (offer.event !== 'changed') note(offer)
    const concerned = series === LOWEST || changed.some(({ number }) => number === series)
    if (at === from || concerned) standings.change(at, stockOf(series, onSale))
  }
  noteOnSale()
  if (last > until && cursor.finish()) standings.change(until, stockOf(series, cursor.onSale))
  for (const offer of cursor.onSale) note(offer)
  return standings.end(until)
}

/**
 * The stretches of all parts of a window. What stands at its end is no stretch of its own unless it begins
 * there.
 */
export function joinedStretches(parts: Stretch[][]): Stretch[] {
  const stretches = ([] as Stretch[]).concat(...parts) // Much faster than flat().
  const [before, last] = stretches.slice(-2)
  if (!before || !last || last.until > last.from || before.until < last.from) return stretches
  const same = priceAtEnd(before) === priceAtEnd(last) && before.itemsInStock === last.itemsInStock
  return same ? stretches.slice(0, -1) : stretches
}
