/** A quotient to two decimals, halves away from zero. */
export function quotient2(dividend: number, divisor: number): number {
  // Multiplied before it is divided: 23 / 160 * 100 is slightly less than the exact 14.375.
  const hundredths = Math.round(Math.abs(dividend * 100) / divisor)
  return (Math.sign(dividend) * hundredths) / 100 + 0 // Never -0.
}

/** The sum of an integer and a non-negative quotient, to two decimals as far as a number can hold them. */
export function plusQuotient2(base: number, dividend: number, divisor: number): number {
  const hundredths = Math.round((dividend * 100) / divisor)
  const sum = base * 100 + hundredths
  return Number.isSafeInteger(sum) ? sum / 100 : base + hundredths / 100
}
