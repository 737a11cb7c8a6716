import { statement } from './connection.ts'
import { type Queryable, readOne } from './reader.ts'

const selectTime = statement<{ now: number }>(
  'database-time',
  'SELECT extract(epoch FROM clock_timestamp())::double precision * 1000 AS now',
)

/**
 * The database's time, which all instances share. It is read now and then, and advanced by the monotonic clock of this
 * machine in between. It does not depend on the machine's wall clock, which may be wrong or set.
 */
export class DatabaseClock {
  readonly #monotonic: () => number
  /** The difference between the database's time and the monotonic clock, in ms. */
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
   * Compares the clock with the database's, and corrects it by the least amount that is consistent with the answer. So
   * it gets more precise with each measurement, and a slow answer, which is imprecise, does not make it worse.
   */
  async measure(db: Queryable): Promise<void> {
    const asked = this.#monotonic()
    const { now } = await readOne(db, selectTime)
    const answered = this.#monotonic()
    // The database read its clock at some time between the query and the answer.
    this.#offset = Math.min(Math.max(this.#offset, now - answered), now - asked)
  }
}
