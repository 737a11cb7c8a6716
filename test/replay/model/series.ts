/**
 * A price over time, and what is known of a window of it: exactly since `rawSince`, a full hour, and by
 * the hour before that. Of such an hour the prices are known, and how it ended; where a window begins
 * within it, all of it counts as having happened before.
 */
import { percentOf, Quotient } from './figure.ts'

export const HOUR_MS = 60 * 60 * 1000

/** From `at` on the price was so; null: it was not on sale. */
export interface Point {
  at: number
  price: number | null
  stock: number | null
}

/** A part of a window in which the price stood, or an hour that is summed up. */
export interface Piece {
  from: number
  until: number
  open: number | null
  close: number | null
  low: number | null
  high: number | null
  /** The time on sale, and the prices times that, both in parts of a ms. */
  onSale: bigint
  area: bigint
  /** While on sale. */
  stockLow: number | null
  stockHigh: number | null
  /** How it ends. */
  end: Pick<Point, 'price' | 'stock'>
}

/** Parts of a ms: so small that what a cut rounds off is less than the rounding of a double. */
const PARTS = BigInt(HOUR_MS) << 64n

/** A time in those parts. */
export const partsOf = (ms: number): bigint => BigInt(ms) * PARTS

const hourOf = (ms: number) => ms - (ms % HOUR_MS)
const iso = (ms: number) => new Date(ms).toISOString()

/** The place of the last point that is not after `at`; -1 where there is none. */
export function placeOf(points: readonly Pick<Point, 'at'>[], at: number): number {
  let [low, high] = [0, points.length]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if ((points[middle]?.at ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** A time over which the price stood. */
function standing(from: number, until: number, { price, stock }: Piece['end']): Piece {
  const onSale = price === null ? 0n : partsOf(until - from)
  return {
    ...{ from, until, open: price, close: price, low: price, high: price },
    ...{ onSale, area: BigInt(price ?? 0) * onSale, stockLow: stock, stockHigh: stock },
    end: { price, stock },
  }
}

const NOT_ON_SALE = { price: null, stock: null }

/** The pieces of a window that is known exactly; it ends with one without length for a change then. */
function exactPieces(points: readonly Point[], from: number, to: number): Piece[] {
  const pieces: Piece[] = []
  let place = placeOf(points, from)
  for (let at = from; ; ) {
    const point = points[place]
    const next = points[++place]
    const until = Math.min(next?.at ?? to, to)
    pieces.push(standing(at, until, point ?? NOT_ON_SALE))
    if (!next || next.at > to) return pieces
    at = next.at
  }
}

/** The extreme of a figure of pieces, of those that have it. */
function extreme(
  pieces: readonly Piece[],
  key: 'low' | 'high' | 'stockLow' | 'stockHigh',
  of: (...values: number[]) => number,
): number | null {
  const values = pieces.flatMap((piece) => piece[key] ?? [])
  return values.length > 0 ? of(...values) : null
}

/** One piece for all of them. */
function sumOf(pieces: readonly Piece[]): Piece | undefined {
  const [first, last] = [pieces[0], pieces.at(-1)]
  if (!first || !last) return undefined
  const least = (key: 'low' | 'stockLow') => extreme(pieces, key, Math.min)
  const most = (key: 'high' | 'stockHigh') => extreme(pieces, key, Math.max)
  return {
    from: first.from,
    until: last.until,
    open: pieces.find(({ open }) => open !== null)?.open ?? null,
    close: pieces.findLast(({ close }) => close !== null)?.close ?? null,
    low: least('low'),
    high: most('high'),
    stockLow: least('stockLow'),
    stockHigh: most('stockHigh'),
    onSale: pieces.reduce((sum, { onSale }) => sum + onSale, 0n),
    area: pieces.reduce((sum, { area }) => sum + area, 0n),
    end: last.end,
  }
}

/** The part of a piece from `from` to `until`, which are within it. */
function cut(piece: Piece, from: number, until: number): Piece {
  if (from === piece.from && until === piece.until) return piece
  if (from > piece.from) return standing(from, until, piece.end)
  const share = (of: bigint) => (of * BigInt(until - from)) / BigInt(piece.until - piece.from)
  return { ...piece, until, onSale: share(piece.onSale), area: share(piece.area) }
}

/** The hour of a moment, summed up; undefined where nothing changed in it. */
function hourPiece(points: readonly Point[], at: number): Piece | undefined {
  const begin = hourOf(at)
  const before = placeOf(points, begin - 1)
  if (placeOf(points, begin + HOUR_MS - 1) === before) return undefined
  const from = before < 0 ? (points[0]?.at ?? begin) : begin
  const pieces = exactPieces(points, from, begin + HOUR_MS)
  // A change as the next hour begins belongs to that one.
  return sumOf(pieces.filter((piece) => piece.from < begin + HOUR_MS))
}

const isSame = (a: Piece['end'], b: Piece['end']) => a.price === b.price && a.stock === b.stock

/**
 * The points as they count at `now`: of those that are in the future, because the clock was put back since
 * they were observed, the last one counts as of now. It is no point if it is how things stand anyway.
 */
export function asOf(points: readonly Point[], now: number): readonly Point[] {
  const last = points.at(-1)
  if (!last || last.at <= now) return points
  const past = points.slice(0, placeOf(points, now) + 1)
  const before = past.at(-1)
  return before && isSame(before, last) ? past : [...past, { ...last, at: now }]
}

/** The pieces of a window, from the first point on; none where that is after it. */
export function piecesOf(
  points: readonly Point[],
  from: number,
  to: number,
  rawSince: number,
): Piece[] {
  const first = points[0]
  if (!first || first.at > to || from > to) return []
  const pieces: Piece[] = []
  let at = Math.max(from, first.at)
  if (at >= rawSince) return exactPieces(points, at, to)
  for (; at < Math.min(to, rawSince); at = hourOf(at) + HOUR_MS) {
    const until = Math.min(hourOf(at) + HOUR_MS, to)
    const hour = hourPiece(points, at)
    const now = points[placeOf(points, at)] ?? NOT_ON_SALE
    pieces.push(hour ? cut(hour, at, until) : standing(at, until, now))
  }
  if (to > rawSince) return [...pieces, ...exactPieces(points, rawSince, to)]
  if (from === to) pieces.push(standing(at, to, stateIn(points, to, rawSince)))
  return pieces
}

/** How it stood at a moment, or at the end of the hour that this is within. */
export function stateIn(points: readonly Point[], at: number, rawSince: number): Piece['end'] {
  const within = at < rawSince && at !== hourOf(at)
  const moment = within ? hourOf(at) + HOUR_MS - 1 : at
  return points[placeOf(points, moment)] ?? NOT_ON_SALE
}

const meanOf = ({ onSale, area, close }: Piece) =>
  onSale > 0n ? new Quotient(area, onSale) : close

/** Change, low, high and mean of a window. */
export function figuresOf(pieces: readonly Piece[]) {
  const sum = sumOf(pieces)
  if (!sum || sum.open === null || sum.close === null) {
    return { change: { absolute: null, percent: null }, low: null, high: null, mean: null }
  }
  const { open, close, low, high } = sum
  const change = { absolute: close - open, percent: percentOf(open, close) }
  return { change, low, high, mean: meanOf(sum) }
}

/** The points of an answer: how each piece ends, where that is not how the one before did. */
export function pointsOf(pieces: readonly Piece[]) {
  const differing = pieces.filter(({ end }, index) => {
    const before = pieces[index - 1]?.end
    return !before || !isSame(before, end)
  })
  return differing.map(({ from, end }) => ({
    at: iso(from),
    price: end.price,
    items_in_stock: end.stock,
  }))
}

/** A summary of each interval of this many ms. */
export function bucketsOf(pieces: readonly Piece[], ms: number) {
  const parts = pieces.flatMap((piece) => {
    const own: Piece[] = []
    let from = piece.from
    do {
      const next = from - (from % ms) + ms
      own.push(cut(piece, from, Math.min(piece.until, next)))
      from = next
    } while (from < piece.until)
    return own
  })
  const buckets = Map.groupBy(parts, ({ from }) => from - (from % ms))
  return [...buckets].flatMap(([at, parts]) => {
    const sum = sumOf(parts)
    if (!sum) return []
    const { open, close, low, high, stockLow, stockHigh } = sum
    const stock = { items_in_stock: { low: stockLow, high: stockHigh } }
    return [{ at: iso(at), open, close, low, high, mean: meanOf(sum), ...stock }]
  })
}
