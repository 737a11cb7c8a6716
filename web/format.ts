import { DAY_MS, HOUR_MS, MINUTE_MS } from '../history/time.ts'

const integers = new Intl.NumberFormat()
const percents = new Intl.NumberFormat(undefined, {
  signDisplay: 'exceptZero',
  minimumFractionDigits: 1,
  maximumFractionDigits: 2,
})
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

/** A whole number with its thousands apart; a dash for none. */
export function count(value: number | null | undefined): string {
  return value == null ? '–' : integers.format(value)
}

/** A price; the unit is the Offers service's and not known here. */
export const price = count

/** A change in percent, with its sign; a dash for none. */
export function percent(value: number | null | undefined): string {
  return value == null ? '–' : `${percents.format(value)} %`
}

/** A moment in the time zone of the browser. */
export function moment(time: string | number): string {
  return moments.format(new Date(time))
}

const UNITS: [name: string, ms: number][] = [
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['min', MINUTE_MS],
  ['s', 1000],
]

/** A length of time in one unit: `12 s`, `3 min`. */
export function duration(ms: number): string {
  const [name, length] = UNITS.find(([, length]) => ms >= length) ?? ['s', 1000]
  return `${Math.floor(Math.max(0, ms) / length)} ${name}`
}

/** A difference between the clocks of two machines that is not worth mentioning. */
const CLOCKS_DIFFER_MS = 5_000

/** How long ago a moment was, or how far ahead it is by a clock that was put back; `never` without one. */
export function ago(time: string | null, now: number): string {
  if (time === null) return 'never'
  const age = now - Date.parse(time)
  return age < -CLOCKS_DIFFER_MS ? `${duration(-age)} in the future` : `${duration(age)} ago`
}
