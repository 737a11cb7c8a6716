/** What an answer takes, and the full seconds in its `Date` header: a clock is no better known than that. */
const TOLERANCE_MS = 3_000

/** How far the clock of the service is ahead of the browser's. */
let ahead = 0

/** Learns from the `Date` header of an answer how the clock of the service stands. */
export function learnServerTime(date: string | null): void {
  const difference = Date.parse(date ?? '') - Date.now()
  if (Number.isNaN(difference)) return
  ahead = Math.abs(difference) > TOLERANCE_MS ? difference : 0
}

/**
 * The time by the clock of the service, epoch ms. Ages are told by it, and windows begin by it: the clock of
 * the browser can be hours away from the one that gave the times.
 */
export function serverTime(): number {
  return Date.now() + ahead
}
