import { DAY_MS, floorTo, HOUR_MS, MINUTE_MS } from '../../history/time.ts'

/** The lengths of the ranges that end now, in ms. None begins before the product was created. */
export const RANGES = {
  '1h': HOUR_MS,
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
  '1y': 365 * DAY_MS,
  all: Number.POSITIVE_INFINITY,
} as const

export type RangeName = keyof typeof RANGES

/** The range of the prices: one that ends now, or a custom one in epoch ms. */
export type Range =
  | { name: RangeName }
  | {
      name: 'custom'
      from: number
      /** Undefined means now. */
      to: number | undefined
    }

const isName = (name: string | null): name is RangeName =>
  name !== null && Object.hasOwn(RANGES, name)

const timeOf = (text: string | null) => (text === null ? undefined : Date.parse(text))

/** The range in the query of an address; the last 24 hours if it has no valid one. */
export function rangeOf(query: URLSearchParams): Range {
  const [from, to] = [timeOf(query.get('from')), timeOf(query.get('to'))]
  if (from !== undefined && from <= (to ?? Number.POSITIVE_INFINITY))
    return { name: 'custom', from, to }
  const name = query.get('range')
  return { name: isName(name) ? name : '24h' }
}

/** The query of an address for this range. */
export function queryOf(range: Range): Record<string, string | undefined> {
  if (range.name !== 'custom') return { range: range.name }
  const time = (ms: number) => new Date(ms).toISOString()
  return { from: time(range.from), to: range.to === undefined ? undefined : time(range.to) }
}

/** The start (epoch ms) and the current length (ms) of the range. */
function windowOf(range: Range, now: number, since: number) {
  if (range.name === 'custom') return { from: range.from, length: (range.to ?? now) - range.from }
  // The product's creation can be in the future if the clock was set back after it.
  const isKnown = since < now
  const length = isKnown ? RANGES[range.name] : Math.min(RANGES[range.name], RANGES['1y'])
  if (isKnown && now - length < since) return { from: since, length: now - since }
  // Rounded to the minute, so that the browser caches one answer per minute instead of every one.
  return { from: floorTo(now - length, MINUTE_MS), length }
}

/**
 * The API query for a trend over this range. Only a custom range can begin before `since`, when the product was
 * created. It asks for every change of up to an hour, and for buckets of anything longer. Without `to` the window
 * ends when the service answers. Times are in epoch ms.
 */
export function trendQuery(range: Range, now: number, since: number): string {
  const { from, length } = windowOf(range, now, since)
  const query = new URLSearchParams({
    from: new Date(from).toISOString(),
    interval: length <= HOUR_MS ? 'raw' : 'auto',
  })
  if (range.name === 'custom' && range.to !== undefined) {
    query.set('to', new Date(range.to).toISOString())
  }
  return query.toString()
}

/** The length (ms) of a range that was asked for. `drawn` is the window that is shown, of this range or one before. */
export function lengthOf(range: Range, drawn: { from: number; to: number }, now: number): number {
  return range.name === 'custom' ? (range.to ?? now) - range.from : drawn.to - drawn.from
}

/** A time in the format of `<input type="datetime-local">`: local time, to the minute. */
export function toLocalInput(ms: number): string {
  const offset = new Date(ms).getTimezoneOffset() * MINUTE_MS
  return new Date(ms - offset).toISOString().slice(0, 16)
}

/** Parses the value of such an input; undefined if it is empty or incomplete. */
export function fromLocalInput(text: string): number | undefined {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}
