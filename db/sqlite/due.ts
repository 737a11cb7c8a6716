import type { Database } from 'better-sqlite3'
import { present } from '../present.ts'

/** A duration in ms for each kind of work. */
export interface Waits {
  registration: number
  refresh: number
}

/** When the last work of each kind is due, and when the last pause began; null if there is none. */
interface LatestDue {
  registration: number | null
  refresh: number | null
  pause: number | null
}

/** By how much work is due too late, and whether the last pause begins too late. */
interface PutBack extends Waits {
  isPauseAhead: boolean
}

/** Makes the function that detects whether the clock was put back after due times were set. It takes microseconds. */
export function putBackDetector(db: Database) {
  const selectLatest = db.prepare<[], LatestDue>(
    `SELECT
       (SELECT max(register_at) FROM products WHERE register_at IS NOT NULL) AS registration,
       (SELECT max(due_at) FROM refreshes WHERE due_at IS NOT NULL) AS refresh,
       (SELECT since FROM pauses WHERE key = 1) AS pause`,
  )

  /**
   * Returns by how many ms to bring each kind of work forward, so that all of it is due by `now`; undefined unless some
   * is due later than `longest` from now, which a due time never is when it is set, or a pause begins so late.
   */
  return (now: number, longest: Waits): PutBack | undefined => {
    const latest = present(selectLatest.get(), 'the latest due times')
    const registration = (latest.registration ?? now) - now
    const refresh = (latest.refresh ?? now) - now
    const isPauseAhead = (latest.pause ?? now) - now > longest.refresh
    if (registration > longest.registration || refresh > longest.refresh) {
      return {
        registration: Math.max(0, registration),
        refresh: Math.max(0, refresh),
        isPauseAhead,
      }
    }
    return isPauseAhead ? { registration: 0, refresh: 0, isPauseAhead } : undefined
  }
}
