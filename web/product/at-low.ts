import type { ProductStats } from '../../schemas/stats.ts'

/**
 * Whether a product's lowest price is the lowest of the last 30 days, in which it was also higher. The statistics
 * may be those of the price before.
 */
export function isAtLow({ windows }: ProductStats, lowest: number | null): boolean {
  const { low, high } = windows['30d']
  if (lowest === null || low === null || high === null) return false
  return lowest <= low && lowest < high
}
