import { lowestOf } from './lowest.ts'
import type { HistoryCursor, PolledOffer, PriceAndStock } from './offer-state.ts'
import { priceAtEnd, type Segment, standing } from './segment.ts'
import { LOWEST } from './series.ts'

function stockOf(series: number, onSale: readonly PolledOffer[]): PriceAndStock | null {
  if (series === LOWEST) return lowestOf(onSale)
  const offer = onSale.find(({ number }) => number === series)
  return offer ? { price: offer.price, itemsInStock: offer.itemsInStock } : null
}

/** Collects the segments over which a price was constant. */
class Standings {
  readonly segments: Segment[] = []
  #since: number
  #now: PriceAndStock | null = null

  constructor(from: number) {
    this.#since = from
  }

  change(at: number, next: PriceAndStock | null): void {
    const now = this.#now
    if (next?.price === now?.price && next?.itemsInStock === now?.itemsInStock) return
    if (at > this.#since) this.#push(at)
    this.#since = at
    this.#now = next
  }

  end(until: number): Segment[] {
    this.#push(until)
    return this.segments
  }

  #push(until: number): void {
    const { price = null, itemsInStock = null } = this.#now ?? {}
    this.segments.push(standing(this.#since, until, price, itemsInStock))
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
 * The segments of a series in a part of a window, from a cursor over its polls. `note` is called for the offers
 * on sale at both ends, and for those listed or delisted in between.
 */
export function polledSegments(
  cursor: HistoryCursor,
  series: number,
  { from, until, last }: PolledPart,
  note: (offer: PolledOffer) => void = () => {},
): Segment[] {
  const standings = new Standings(from)
  // An empty window has no time before its end.
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
 * The segments of all parts of a window. The state at its end is a segment of its own only if it begins there.
 */
export function joinedSegments(parts: Segment[][]): Segment[] {
  const segments = ([] as Segment[]).concat(...parts) // Much faster than flat().
  const [before, last] = segments.slice(-2)
  if (!before || !last || last.until > last.from || before.until < last.from) return segments
  const same = priceAtEnd(before) === priceAtEnd(last) && before.itemsInStock === last.itemsInStock
  return same ? segments.slice(0, -1) : segments
}
