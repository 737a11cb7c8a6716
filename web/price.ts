import { numberFormat } from './formats.ts'

/** How prices are shown: the API has integers, in the smallest part of a unit. */
export interface PriceSettings {
  /** A currency code such as `EUR`, or any other unit; empty if it is unknown. */
  unit: string
  /** How many of a price's digits come after the decimal point. */
  minorDigits: number
}

const DASH = '–'

let minorDigits = 0
let shown: (value: number) => string = String
let signed = shown

/** Formats numbers of this unit: a currency as is usual for it, any other unit after the number. */
function formatter(
  { unit, minorDigits: digits }: PriceSettings,
  options: Intl.NumberFormatOptions,
) {
  const fraction =
    digits > 0 ? { minimumFractionDigits: digits, maximumFractionDigits: digits } : {}
  const currency = /^[A-Z]{3}$/.test(unit) ? { style: 'currency' as const, currency: unit } : {}
  const whole = currency.currency && digits === 0 ? { maximumFractionDigits: 0 } : {}
  const format = numberFormat({ ...options, ...currency, ...whole, ...fraction })
  const suffix = unit && !currency.currency ? ` ${unit}` : ''
  return (value: number) => format(value / 10 ** digits) + suffix
}

/** Sets how prices are shown from now on. */
export function setPriceSettings(settings: PriceSettings): void {
  minorDigits = settings.minorDigits
  shown = formatter(settings, {})
  signed = formatter(settings, { signDisplay: 'exceptZero' })
}

setPriceSettings({ unit: '', minorDigits: 0 })

/** A price with its unit; a dash for none. */
export const price = (value: number | null | undefined) => (value == null ? DASH : shown(value))

/** A difference of prices with its sign. */
export const priceChange = (value: number) => signed(value)

/** A price as it would be typed: without its unit. */
export const plainPrice = (value: number) => (value / 10 ** minorDigits).toFixed(minorDigits)

/** The price that was typed, as an integer; undefined if it is none. */
export function parsePrice(text: string): number | undefined {
  const [, whole = '', part = ''] = /^\s*(\d+)(?:[.,](\d*))?\s*$/.exec(text) ?? []
  if (whole === '' || part.length > minorDigits) return undefined
  const value = Number(whole + part.padEnd(minorDigits, '0'))
  return Number.isSafeInteger(value) ? value : undefined
}
