/** The precision with which the service's clock is known: answers take time, and `Date` has full seconds only. */
const TOLERANCE_MS = 3_000

/** How far the service's clock is ahead of the browser's, in ms. */
let aheadMs = 0

/** Derives the offset of the service's clock from the `Date` header of an answer. */
export function learnServerTime(date: string | null): void {
  const difference = Date.parse(date ?? '') - Date.now()
  if (Number.isNaN(difference)) return
  aheadMs = Math.abs(difference) > TOLERANCE_MS ? difference : 0
}

/**
 * The time by the service's clock, epoch ms. Ages and windows must use it, because the browser's clock can be hours
 * away from the clock that produced the times.
 */
export function serverTime(): number {
  return Date.now() + aheadMs
}
