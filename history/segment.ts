/** What a price did over a time. */
export interface Summary {
  /** The first and the last price; null, as all others, where it was not on sale at all. */
  open: number | null
  close: number | null
  low: number | null
  high: number | null
  /** How long it was on sale, in ms. */
  onSaleMs: number
  /**
   * The sum of (price - `low`) times the ms for which that price stood. Sums of the prices themselves would
   * soon exceed what a number holds exactly.
   */
  excess: number
}

/** The excess of a summary above a price that is not above its own `low`. */
export function excessAbove(low: number, summary: Summary): number {
  return summary.excess + ((summary.low ?? low) - low) * summary.onSaleMs
}

/**
 * A segment of the history of one price: either a time over which it stood, or an hour of which only
 * a summary is kept. Everything told of a window is found from the segments that fill it.
 */
export interface Segment extends Summary {
  /** Epoch ms. */
  from: number
  /** Epoch ms, not included. A change at the very end of a window makes a segment without length. */
  until: number
  /** What was in stock at its end; null where it was not on sale then. */
  itemsInStock: number | null
}

/** A time over which a price stood; with null it was not on sale. */
export function standing(
  from: number,
  until: number,
  price: number | null,
  itemsInStock: number | null,
): Segment {
  const onSaleMs = price === null ? 0 : until - from
  return {
    from,
    until,
    open: price,
    close: price,
    low: price,
    high: price,
    onSaleMs,
    excess: 0,
    itemsInStock,
  }
}

/** The price in force at the end of a segment; null where it was not on sale then. */
export function priceAtEnd({ close, itemsInStock }: Segment): number | null {
  return itemsInStock === null ? null : close
}

/**
 * The segment from `from` to `until`, which are within it. A summary is taken for its beginning: all
 * that happened in the hour counts as having happened when it began.
 */
export function clipped(segment: Segment, from: number, until: number): Segment {
  if (from === segment.from && until === segment.until) return segment
  if (from > segment.from) return standing(from, until, priceAtEnd(segment), segment.itemsInStock)
  const share = (until - segment.from) / (segment.until - segment.from)
  return {
    ...segment,
    until,
    onSaleMs: segment.onSaleMs * share,
    excess: segment.excess * share,
  }
}
