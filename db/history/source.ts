import type { Span } from '../../history/coverage.ts'
import type { HistoryRows, SeenOffer } from '../encoding/history-reader.ts'

/** Fetches everything that answers about the history of a product are made of, by its key. */
export interface HistorySource extends HistoryRows {
  /** An offer by its number. */
  offer(key: number, number: number): SeenOffer | undefined
  /** An offer by its id; undefined if it was never seen. */
  offerById(key: number, id: string): SeenOffer | undefined
  /** The time of the first good poll; null before that. */
  firstCovered(key: number): number | null
  /**
   * The runs of good polls that touch a window, in any order. The last run extends to `now`, unless polls fail
   * or are paused, or none came for too long.
   */
  runs(key: number, window: { from: number; to: number; now: number }): Span[]
  /** When the last poll was that found a change; undefined before the first. */
  lastChange(key: number): number | undefined
  /** The latest time, at most `at`, for which the offers on sale at `at` are known; null if they never were. */
  knownUntil(key: number, at: number): number | null
}
