import type { Span } from '../../history/coverage.ts'
import { floorTo, HOUR_MS } from '../../history/time.ts'
import { lastOf } from '../../history/window-parts.ts'
import type { HistorySource } from './source.ts'

/**
 * Identifies the history of a product over a window: two histories of the same product and the same asked window with
 * the same version are the same.
 *
 * - What polls found is only ever appended, each time later than the last one. So the time of the last change tells
 *   what was found, and that of the first stored poll what was deleted since. Changes after the hour in which the window
 *   ends are not part of it, and a rolled-up hour is not rolled up again without a new one in it.
 * - The hours follow from what polls found and from how far it was rolled up.
 * - The runs of good polls are part of the version, as far as they lie in the window.
 * - The present cuts off what is after it, and changes dated after it count as of now.
 */
export function versionOf(
  source: HistorySource,
  key: number,
  { from, to }: { from: number; to: number },
  covered: readonly Span[],
  now: number,
): string {
  const last = lastOf(to, now)
  const { firstPoll, rolledUntil } = source.extent(key) ?? {}
  const changed = Math.min(source.lastChange(key) ?? 0, floorTo(last, HOUR_MS) + HOUR_MS)
  const runs = covered.map(({ since, until }) => [Math.max(since, from), Math.min(until, to)])
  return [to, last, changed, firstPoll, rolledUntil, ...runs].join()
}
