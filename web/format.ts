import { DAY_MS, HOUR_MS, MINUTE_MS } from '../history/time.ts'
import { numberFormat, timeFormat } from './formats.ts'

const numbers = numberFormat()
const percents = numberFormat({
  signDisplay: 'exceptZero',
  minimumFractionDigits: 1,
  maximumFractionDigits: 2,
})
const shares = numberFormat({ maximumFractionDigits: 1 })
const dates = timeFormat({ dateStyle: 'medium' })
const moments = timeFormat({ dateStyle: 'medium', timeStyle: 'medium' })

/** A number with thousands separators; a dash for none. */
export function count(value: number | null | undefined): string {
  return value == null ? '–' : numbers(value)
}

/** A number of things: `1 product`, `2,000 products`. */
export const counted = (value: number, noun: string) =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`

/** A percentage with its sign; a dash for none. */
export function percent(value: number | null | undefined): string {
  return value == null ? '–' : `${percents(value)} %`
}

/** A share in percent, rounded down, so that only all of it shows as 100 %; a dash for none. */
export function share(value: number | null): string {
  return value === null ? '–' : `${shares(Math.floor(value * 1000) / 10)} %`
}

/** The day of a time in the time zone of the browser. */
export function date(time: string): string {
  return dates(Date.parse(time))
}

/** A time in the time zone of the browser. */
export function moment(time: string | number): string {
  return moments(typeof time === 'number' ? time : Date.parse(time))
}

const UNITS: [name: string, ms: number][] = [
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['min', MINUTE_MS],
  ['s', 1000],
]

/** A duration in one unit: `12 s`, `3 min`. */
export function duration(ms: number): string {
  const [name, length] = UNITS.find(([, length]) => ms >= length) ?? ['s', 1000]
  return `${Math.floor(Math.max(0, ms) / length)} ${name}`
}

/** A difference between two machines' clocks that is too small to mention. */
const CLOCK_TOLERANCE_MS = 5_000

/** How long ago a time was, or how far in the future if a clock was set back; `never` if null. */
export function ago(time: string | null, now: number): string {
  if (time === null) return 'never'
  const age = now - Date.parse(time)
  return age < -CLOCK_TOLERANCE_MS ? `${duration(-age)} in the future` : `${duration(age)} ago`
}
