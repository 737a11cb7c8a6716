import type { Span } from '../history/coverage.ts'
import { priceAtEnd, type Segment } from '../history/segment.ts'
import type { Rule } from '../schemas/alert-rules.ts'
import { pastOf } from './judge.ts'
import { staleSightings } from './stale.ts'
import { type AlertState, type Sighting, Watch } from './watch.ts'

/** The history of a product, as far back as its rule looks. */
export interface WatchedHistory {
  segments: readonly Segment[]
  covered: readonly Span[]
  /** Before this time only summaries of hours are kept. */
  rawFrom: number
}

/** From when on the history is needed, to watch from a time on. */
export function lookBack(rule: Rule, from: number): number {
  return Math.max(0, from - (pastOf(rule.condition)?.ms ?? 0))
}

/** The prices of a segment to look at: in an hour of which only a summary is kept, also the one that was sought. */
function pricesOf(segment: Segment, rule: Rule, rawFrom: number): (number | null)[] {
  const end = priceAtEnd(segment)
  if (segment.from >= rawFrom) return [end]
  const { type } = rule.condition
  if (type === 'price_below' || type === 'drop' || type === 'new_low') return [segment.low, end]
  if (type === 'price_above' || type === 'rise') return [segment.high, end]
  return [end]
}

/** Watches prices from `since` on up to `until`, which belongs to it; returns the watch and what it saw. */
export function watched(
  rule: Rule,
  { segments, rawFrom }: Pick<WatchedHistory, 'segments' | 'rawFrom'>,
  { since, until, state }: { since: number; until: number; state?: AlertState },
): { watch: Watch; sightings: Sighting[] } {
  const watch = new Watch(rule, state)
  const sightings: (Sighting | undefined)[] = []
  let begun = false
  for (const segment of segments) {
    if (segment.from > until) break
    if (!begun && segment.from > since) {
      begun = true
      sightings.push(watch.begin(since))
    }
    for (const price of pricesOf(segment, rule, rawFrom)) {
      if (begun) sightings.push(watch.next(segment.from, price))
      else watch.recall(segment.from, price)
    }
  }
  if (!begun) sightings.push(watch.begin(since))
  return { watch, sightings: sightings.filter((sighting) => sighting !== undefined) }
}

/** What an alert created at `from` would have seen of a product up to `to`. */
export function preview(
  rule: Rule,
  history: WatchedHistory,
  { from, to, gapMs }: { from: number; to: number; gapMs: number },
): { sightings: Sighting[]; resolution: 'raw' | 'hour' } {
  const resolution = lookBack(rule, from) < history.rawFrom ? 'hour' : 'raw'
  const { condition } = rule
  if (condition.type === 'stale') {
    const { covered } = history
    const polled = { covered, since: from, until: to, gapMs }
    return { sightings: staleSightings({ ...rule, condition }, polled, null), resolution: 'raw' }
  }
  return { sightings: watched(rule, history, { since: from, until: to }).sightings, resolution }
}
