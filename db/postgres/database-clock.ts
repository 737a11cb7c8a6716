import { statement } from './connection.ts'
import { type Queryable, readOne } from './reader.ts'

const selectTime = statement<{ now: number }>(
  'database-time',
  'SELECT extract(epoch FROM clock_timestamp())::double precision * 1000 AS now',
)

/**
 * The database's time, which all instances share: read now and then, and carried on by the monotonic clock of this
 * machine. A wall clock that is wrong, or is set, makes no difference.
 */
export class DatabaseClock {
  readonly #monotonic: () => number
  /** The database's time in ms, less that of the monotonic clock. */
  #offset: number

  constructor(monotonic: () => number = () => performance.now()) {
    this.#monotonic = monotonic
    this.#offset = Date.now() - monotonic()
  }

  /** Epoch milliseconds. */
  now(): number {
    return Math.round(this.#monotonic() + this.#offset)
  }

  /**
   * Compares the clock with the database's, and moves it as little as explains the answer. So it comes closer to the
   * truth with each measurement, and a slow answer, which tells little, does not move it away.
   */
  async measure(db: Queryable): Promise<void> {
    const asked = this.#monotonic()
    const { now } = await readOne(db, selectTime)
    const answered = this.#monotonic()
    // The database read its clock at some time between the question and the answer.
    this.#offset = Math.min(Math.max(this.#offset, now - answered), now - asked)
  }
}
