import { isAtLow, knownLowSince } from '../../history/at-low.ts'
import type { Extremes } from '../../history/extremes.ts'
import type { LowestChange } from '../../history/movers.ts'
import { ceilTo, HOUR_MS } from '../../history/time.ts'
import { UP_TO_NOW } from '../../history/window-parts.ts'
import type { HistoryReader } from '../encoding/history-reader.ts'

/** The lowest price of a product since a time, with the first part of an hour as precise as it is kept. */
function lowestSince(reader: HistoryReader, key: number, since: number, now: number): number {
  /* c8 ignore next -- only a product that was deleted since has none, which no test can time */
  const firstSeenAt = reader.extent(key)?.firstSeenAt ?? now
  const hour = ceilTo(since, HOUR_MS)
  const begin = { from: Math.max(since, firstSeenAt), to: hour, last: hour - 1, byHour: false }
  const rest = {
    from: Math.max(hour, Math.min(firstSeenAt, now)),
    to: now,
    last: UP_TO_NOW,
    byHour: true,
  }
  const windows = begin.from < hour ? [begin, rest] : [rest]
  const segments = windows.flatMap((window) => reader.lowest(key, [], window).segments)
  return Math.min(...segments.flatMap(({ low }) => low ?? []))
}

/** Whether the last price of a change is at its low, if the extremes of all time tell. */
export function knownToBeAtLow(
  extremes: Extremes | null,
  { first, last }: LowestChange,
  since: number,
  now: number,
): boolean | undefined {
  /* c8 ignore next -- only a product that was deleted since has none, which no test can time */
  if (!extremes) return false
  const low = knownLowSince(extremes, last, since, now)
  return low === undefined ? undefined : isAtLow(last, { low, high: first })
}

/** Whether the history says that the last price of a change is at its low. */
export function isFoundAtLow(
  reader: HistoryReader,
  key: number,
  { first, last }: LowestChange,
  since: number,
  now: number,
): boolean {
  return isAtLow(last, { low: lowestSince(reader, key, since, now), high: first })
}
