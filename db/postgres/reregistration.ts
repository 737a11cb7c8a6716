import type { GroupCommit } from './group-commit.ts'
import { inBatches } from './operations/batches.ts'
import { reopenSome, selectIsReopening } from './operations/reregistration.ts'
import { type Queryable, readOne } from './reader.ts'

/** Reopens all registrations after the token that they were tied to was replaced. */
export class Reregistration {
  readonly #db: Queryable
  readonly #writer: GroupCommit
  #running: Promise<void> | undefined

  constructor(db: Queryable, writer: GroupCommit) {
    this.#db = db
    this.#writer = writer
  }

  /**
   * Continues reopening if it has begun. Never rejects: if it is interrupted, the next call of any instance continues,
   * and nothing is handed out until then.
   */
  finish(): Promise<void> {
    this.#running ??= this.#finish()
      .catch(() => {})
      .finally(() => {
        this.#running = undefined
      })
    return this.#running
  }

  async #finish(): Promise<void> {
    const { isReopening } = await readOne(this.#db, selectIsReopening)
    if (isReopening) await inBatches(this.#writer, () => reopenSome)
  }
}
