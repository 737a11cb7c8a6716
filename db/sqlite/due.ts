import type { Database } from 'better-sqlite3'
import { present } from '../present.ts'

/** A duration in ms for each kind of work. */
export interface Waits {
  registration: number
  refresh: number
}

/** When the last work of each kind is due; null if there is none. */
interface LatestDue {
  registration: number | null
  refresh: number | null
}

/** Makes the function that detects whether the clock was put back after due times were set. It takes microseconds. */
export function putBackDetector(db: Database) {
  const selectLatest = db.prepare<[], LatestDue>(
    `SELECT
       (SELECT max(register_at) FROM products WHERE register_at IS NOT NULL) AS registration,
       (SELECT max(due_at) FROM refreshes WHERE due_at IS NOT NULL) AS refresh`,
  )

  /**
   * Returns by how many ms to bring each kind of work forward, so that all of it is due by `now`; undefined unless some
   * is due later than `longest` from now, which a due time never is when it is set.
   */
  return (now: number, longest: Waits): Waits | undefined => {
    const latest = present(selectLatest.get(), 'the latest due times')
    const registration = (latest.registration ?? now) - now
    const refresh = (latest.refresh ?? now) - now
    if (registration <= longest.registration && refresh <= longest.refresh) return undefined
    return { registration: Math.max(0, registration), refresh: Math.max(0, refresh) }
  }
}
