import { type Extremes, withSegments } from '../../history/extremes.ts'
import { type Segment, segmentsFrom } from '../../history/segment.ts'
import { LONGEST_MS, perWindow, type StatsWindow } from '../../history/statistics.ts'
import { ceilTo, HOUR_MS } from '../../history/time.ts'
import { UP_TO_NOW } from '../../history/window-parts.ts'
import { type ExtremesRow, extremesOf } from '../encoding/extremes.ts'
import type { HistoryReader } from '../encoding/history-reader.ts'
import type { PriceHistory } from '../store.ts'
import type { CoverageReader } from './coverage.ts'

/** The stored extremes of a product, and when its last change was; null before the first. */
export type StoredExtremes = ExtremesRow & { changedAt: number | null }

/** Reads the extremes with the changes that the stored ones lack. */
export function extremesReader(reader: HistoryReader) {
  return (key: number, row: StoredExtremes): Extremes | null => {
    const { extremesUntil, changedAt } = row
    const extent = extremesUntil === changedAt ? undefined : reader.extent(key)
    if (!extent || changedAt === null) return extremesOf(row)
    const from = Math.max(extremesUntil ?? 0, extent.firstSeenAt)
    const window = { from, to: changedAt, last: changedAt, byHour: true }
    return withSegments(extremesOf(row), reader.lowest(key, [], window).segments)
  }
}

/** Makes the function that reads the history of a product's lowest price over each window of the statistics. */
export function recentReader(reader: HistoryReader, coverage: CoverageReader) {
  /** The part of the segments of a longer window, with its first part of an hour as precise as it is kept. */
  function shortened(key: number, longer: Segment[], from: number): Segment[] {
    const [first] = longer
    if (!first || first.from >= from) return longer
    const hour = ceilTo(from, HOUR_MS)
    if (hour === from) return segmentsFrom(longer, from)
    const begin = { from, to: hour, last: hour - 1, byHour: false }
    return [...reader.lowest(key, [], begin).segments, ...segmentsFrom(longer, hour)]
  }

  return (key: number, now: number): Record<StatsWindow, PriceHistory> => {
    const from = now - LONGEST_MS
    const covered = coverage.runs(key, from, now, now)
    const firstSeenAt = reader.extent(key)?.firstSeenAt ?? now
    const window = {
      from: Math.max(from, Math.min(firstSeenAt, now)),
      to: now,
      last: UP_TO_NOW,
      byHour: true,
    }
    const { segments } = reader.lowest(key, [], window)
    return perWindow((_, ms) => ({ segments: shortened(key, segments, now - ms), covered }))
  }
}
