/** A quotient to two decimals, halves away from zero. */
export function quotient2(dividend: number, divisor: number): number {
  // Multiplied before it is divided: 23 / 160 * 100 is a little less than the 14.375 that it should be.
  const hundredths = Math.round(Math.abs(dividend * 100) / divisor)
  return (Math.sign(dividend) * hundredths) / 100 + 0 // Never -0.
}
