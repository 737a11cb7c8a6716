import { DAY_MS, floorTo, HOUR_MS, MINUTE_MS } from '../../history/time.ts'

/** The ranges that end now: how long they are, in ms. */
export const RANGES = {
  '1h': HOUR_MS,
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
  '1y': 365 * DAY_MS,
} as const

export type RangeName = keyof typeof RANGES

/** Over which time prices are shown: one that ends now, or a custom one, in epoch ms. */
export type Range =
  | { name: RangeName }
  | {
      name: 'custom'
      from: number
      /** Undefined: now. */
      to: number | undefined
    }

const isName = (name: string | null): name is RangeName =>
  name !== null && Object.hasOwn(RANGES, name)

const timeOf = (text: string | null) => (text === null ? undefined : Date.parse(text))

/** The range that the query of an address names; the last 24 hours where it names none that is one. */
export function rangeOf(query: URLSearchParams): Range {
  const [from, to] = [timeOf(query.get('from')), timeOf(query.get('to'))]
  if (from !== undefined && from <= (to ?? Number.POSITIVE_INFINITY))
    return { name: 'custom', from, to }
  const name = query.get('range')
  return { name: isName(name) ? name : '24h' }
}

/** The query of an address that names this range. */
export function queryOf(range: Range): Record<string, string | undefined> {
  if (range.name !== 'custom') return { range: range.name }
  const time = (ms: number) => new Date(ms).toISOString()
  return { from: time(range.from), to: range.to === undefined ? undefined : time(range.to) }
}

/** When the range begins and how long it is, in ms, at this moment. */
function windowOf(range: Range, now: number, since: number) {
  if (range.name === 'custom') return { from: range.from, length: (range.to ?? now) - range.from }
  // To the minute, so that a browser keeps one answer of a minute and not each.
  const from = floorTo(now - RANGES[range.name], MINUTE_MS)
  // Created before the clock was put back, it can be there since a moment in the future.
  return from < since && since < now
    ? { from: since, length: now - since }
    : { from, length: RANGES[range.name] }
}

/**
 * The query of a trend over this range, for something that is there since `since`, before which no range
 * but a custom one goes. It wants each change of an hour, and buckets of anything longer. Without `to` it
 * ends when the service answers. Times in epoch ms.
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

/** A moment as `<input type="datetime-local">` has it: local time, to the minute. */
export function toLocalInput(ms: number): string {
  const offset = new Date(ms).getTimezoneOffset() * MINUTE_MS
  return new Date(ms - offset).toISOString().slice(0, 16)
}

/** The other way round; undefined for an empty or unfinished input. */
export function fromLocalInput(text: string): number | undefined {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}
