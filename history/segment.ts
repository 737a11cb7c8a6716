/** The summary of a price over a time. */
export interface Summary {
  /** The first and the last price; null, like all other prices, if never on sale. */
  open: number | null
  close: number | null
  low: number | null
  high: number | null
  /** How long it was on sale, in ms. */
  onSaleMs: number
  /**
   * The sum of (price - `low`) times the ms for which that price was in force. Sums of whole prices would soon
   * exceed the safe integers.
   */
  excess: number
  /** The lowest and the highest stock while it was on sale; null if never on sale, or not known. */
  stockLow: number | null
  stockHigh: number | null
}

/** The excess of a summary over a price that is at most its own `low`. */
export function excessAbove(low: number, summary: Summary): number {
  return summary.excess + ((summary.low ?? low) - low) * summary.onSaleMs
}

/**
 * A segment of the history of one price: either a time over which it was constant, or an hour of which only
 * a summary is kept. All figures of a window are computed from the segments that fill it.
 */
export interface Segment extends Summary {
  /** Epoch ms. */
  from: number
  /** Epoch ms, exclusive. A change at the very end of a window makes an empty segment. */
  until: number
  /** The stock at its end; null if not on sale then. */
  itemsInStock: number | null
}

/** A segment with a constant price; null if not on sale. */
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
    stockLow: itemsInStock,
    stockHigh: itemsInStock,
    itemsInStock,
  }
}

/** The price in force at the end of a segment; null if not on sale then. */
export function priceAtEnd({ close, itemsInStock }: Segment): number | null {
  return itemsInStock === null ? null : close
}

/** The part of consecutive segments from a full hour on. */
export function segmentsFrom(segments: readonly Segment[], hour: number): Segment[] {
  return segments
    .filter(({ until }) => until > hour)
    .map((segment) => clipped(segment, Math.max(segment.from, hour), segment.until))
}

/**
 * The part of a segment from `from` to `until`, which lie within it. A summary belongs to its beginning:
 * everything in the hour counts as having happened when it began.
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
