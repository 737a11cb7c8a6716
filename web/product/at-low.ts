import { isAtLow } from '../../history/at-low.ts'
import type { ProductStats } from '../../schemas/stats.ts'

/**
 * Whether a product's lowest price is the lowest of the last 30 days, in which it was also higher. The statistics
 * may be those of the price before.
 */
export const isAt30DayLow = ({ windows }: ProductStats, lowest: number | null): boolean =>
  isAtLow(lowest, windows['30d'])
