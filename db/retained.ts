import { DAY_MS } from '../history/time.ts'

/** How much longer a change is kept that an enabled webhook has yet to get. */
const UNDELIVERED_MS = 7 * DAY_MS

/**
 * Whether the feed keeps a change, given the time before which changes leave it and the position of the enabled webhook
 * that is furthest behind; null if there is none.
 */
export function isRetained(
  change: { seq: number; at: number },
  before: number,
  furthestBehind: number | null,
): boolean {
  if (change.at >= before) return true
  const isNeeded = furthestBehind !== null && change.seq > furthestBehind
  return isNeeded && change.at >= before - UNDELIVERED_MS
}

/** SQL for that position, for both engines. */
export const FURTHEST_BEHIND = '(SELECT min(cursor) FROM webhooks WHERE enabled)'
