import type { Span } from '../history/coverage.ts'
import type { Rule } from '../schemas/alert-rules.ts'
import { isCoolingDown, type Sighting } from './watch.ts'

/** How a product was polled, and since when an alert watches it. */
export interface Polled {
  /** The runs of good polls, in order. */
  covered: readonly Span[]
  /** The alert does not fire for what was true before this time, unless `fire_if_true` says so. */
  since: number
  /** Up to when to look. */
  until: number
  /** A run of good polls goes on for this long without one. */
  gapMs: number
}

/**
 * The times at which a product became stale, after `firedAt`. Each time between two good polls counts once, so the
 * alert is armed again by the next good poll. A product that was never polled has not become stale.
 */
export function staleSightings(
  rule: Rule & { condition: { type: 'stale' } },
  { covered, since, until, gapMs }: Polled,
  firedAt: number | null,
): Sighting[] {
  const waitMs = Math.max(rule.condition.for_s * 1000, gapMs)
  const found: Sighting[] = []
  // One in the future fired before the clock was set back.
  let last = firedAt !== null && firedAt <= until ? firedAt : null
  for (const [index, run] of covered.entries()) {
    const due = run.until + waitMs
    const next = covered[index + 1]?.since ?? until
    const isNew = due > since || (rule.fire_if_true && next >= since)
    const at = Math.max(due, since)
    const isTold = last !== null && last >= due
    if (next <= due || at > until || !isNew || isTold || isCoolingDown(rule, at, last)) continue
    last = at
    found.push({ at, price: null, previousPrice: null, reference: null })
  }
  return found
}
