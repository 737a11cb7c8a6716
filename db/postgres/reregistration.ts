import type { GroupCommit } from './group-commit.ts'
import { inBatches } from './operations/batches.ts'
import { reopenSome } from './operations/reregistration.ts'

/** Reopens all registrations after the token that they were tied to was replaced. */
export class Reregistration {
  readonly #writer: GroupCommit
  #running: Promise<void> | undefined

  constructor(writer: GroupCommit) {
    this.#writer = writer
  }

  /**
   * Goes on with it if it has begun. Never rejects: if it is interrupted, the next call of any instance goes on, and
   * nothing is handed out until then.
   */
  finish(): Promise<void> {
    this.#running ??= inBatches(this.#writer, () => reopenSome)
      .catch(() => {})
      .finally(() => {
        this.#running = undefined
      })
    return this.#running
  }
}
