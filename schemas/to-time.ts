import { DAY_MS, MINUTE_MS } from '../history/time.ts'

/** The day that was last written, since the times of one answer are mostly of one day. */
let day = Number.NaN
let dayText = ''

/** The numbers below 1,000 as they stand in a time, filled up with zeros. */
const two = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'))
const three = Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, '0'))

/** What `toISOString` gives, in a tenth of the time. */
function writeTime(ms: number): string {
  const ofDay = ms % DAY_MS
  if (ms - ofDay !== day) {
    dayText = new Date(ms).toISOString().slice(0, 11)
    day = ms - ofDay
  }
  const minutes = Math.floor(ofDay / MINUTE_MS)
  const rest = ofDay - minutes * MINUTE_MS
  const seconds = Math.floor(rest / 1000)
  const hour = Math.floor(minutes / 60)
  return `${dayText}${two[hour]}:${two[minutes - hour * 60]}:${two[seconds]}.${three[rest - seconds * 1000]}Z`
}

/**
 * Times that were written lately, each in a place that follows from it: what is read again has mostly
 * the times that it had, and a trend has thousands of them.
 */
const PLACES = 2 ** 13
const known = new Float64Array(PLACES).fill(-1)
const texts: string[] = new Array(PLACES).fill('')

/** An epoch time in milliseconds, 1970 at the earliest, as the API shows it. */
export function toTime(ms: number): string {
  // Multiplicative hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4).
  const place = Math.imul(ms | 0, 0x9e3779b1) >>> (32 - 13)
  const last = texts[place]
  if (last !== undefined && known[place] === ms) return last
  const text = writeTime(ms)
  texts[place] = text
  known[place] = ms
  return text
}
