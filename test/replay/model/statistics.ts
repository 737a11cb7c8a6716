/** What the API must answer about the statistics of a product. */
import type { Asked } from './answers.ts'
import { Share } from './figure.ts'
import type { Span } from './looks.ts'
import type { ProductModel } from './product.ts'
import { asOf, figuresOf, HOUR_MS, type Piece, partsOf, piecesOf } from './series.ts'

const DAYS = { '1d': 1, '7d': 7, '30d': 30, '90d': 90, '365d': 365 }

/** Adds up what of an amount belongs to each hour, if it is spread evenly over a time. */
function spread(hours: Map<number, bigint>, amount: bigint, { since, until }: Span): void {
  for (let at = since; at < until; ) {
    const hour = at - (at % HOUR_MS)
    const end = Math.min(hour + HOUR_MS, until)
    const part = (amount * BigInt(end - at)) / BigInt(until - since)
    hours.set(hour, (hours.get(hour) ?? 0n) + part)
    at = end
  }
}

const least = (a: bigint, b: bigint) => (a < b ? a : b)

/**
 * The share of the observed time of a window without an offer in stock. Of an hour that was observed in part, a summary
 * does not tell in which part an offer was in stock.
 */
function outOfStock(
  pieces: readonly Piece[],
  observed: readonly Span[],
  window: Span,
): Share | null {
  const [inStock, seen] = [new Map<number, bigint>(), new Map<number, bigint>()]
  for (const { from, until, onSale } of pieces) spread(inStock, onSale, { since: from, until })
  for (const span of observed) spread(seen, partsOf(span.until - span.since), span)
  let [whole, fewest, most] = [0n, 0n, 0n]
  for (const [hour, known] of seen) {
    const length = Math.min(hour + HOUR_MS, window.until) - Math.max(hour, window.since)
    const unseen = partsOf(length) - known
    const onSale = inStock.get(hour) ?? 0n
    whole += known
    fewest += onSale > unseen ? onSale - unseen : 0n
    most += least(onSale, known)
  }
  return whole > 0n ? new Share(whole - most, whole - fewest, whole) : null
}

/** The first of the best prices of all time; one in the future, from before the clock was put back, counts as of now. */
function extreme({ lowest }: ProductModel, now: number, best: (...prices: number[]) => number) {
  const prices = lowest.flatMap(({ price }) => price ?? [])
  if (prices.length === 0) return null
  const price = best(...prices)
  const at = lowest.find((point) => point.price === price)?.at ?? now
  return { price, at: new Date(Math.min(at, now)).toISOString() }
}

/** Whether the price is the lowest of a window of so many days, or of all time, and was higher in it. */
export function isAtLow(product: ProductModel, days: number | 'all', asked: Asked): boolean {
  const { now, rawSince } = asked
  const points = asOf(product.lowest, now)
  const from = days === 'all' ? 0 : now - days * 24 * HOUR_MS
  const { low: lowSince, high } = figuresOf(piecesOf(points, from, now, rawSince))
  const low = days === 'all' ? (extreme(product, now, Math.min)?.price ?? null) : lowSince
  const price = points.at(-1)?.price ?? null
  return price !== null && low !== null && high !== null && price <= low && price < high
}

/** The answer to `GET /products/{id}/stats`. */
export function statisticsOf(product: ProductModel, { now, gapMs, rawSince }: Asked) {
  const { lowest, looks } = product
  const points = asOf(lowest, now)
  const windows = Object.entries(DAYS).map(([name, days]) => {
    const from = now - days * 24 * HOUR_MS
    const pieces = piecesOf(points, from, now, rawSince)
    const { change, ...figures } = figuresOf(pieces)
    const first = pieces.find(({ open }) => open !== null)?.open ?? null
    const out_of_stock = outOfStock(pieces, looks.observed(from, now, now, gapMs), {
      since: from,
      until: now,
    })
    const coverage = looks.coverage(from, now, now, gapMs)
    return [name, { ...figures, first, change_percent: change.percent, out_of_stock, coverage }]
  })
  return {
    product_id: product.id,
    lowest_price: lowest.at(-1)?.price ?? null,
    all_time: { low: extreme(product, now, Math.min), high: extreme(product, now, Math.max) },
    windows: Object.fromEntries(windows),
  }
}
