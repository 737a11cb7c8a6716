import { Rounds } from '../../../concurrency/in-flight.ts'
import type { StoreDamaged } from '../../errors.ts'
import type { Damage } from '../../store.ts'
import { checkDatabase } from './check.ts'
import { meaningOf } from './parts.ts'

/**
 * Knows what is damaged. Nothing looks for it until an operation has met some; then, as an error of SQLite
 * does not say where, all of the database is checked in a thread of its own. That takes a while with a large
 * one, so that it is done once for each set of tables that the damage can be in.
 */
export class DamageWatch {
  readonly #path: string
  readonly #onFound: (damage: readonly Damage[]) => void
  readonly #suspected = new Map<string, Damage[]>()
  #found: readonly Damage[] = []
  readonly #closing = new AbortController()
  readonly #checks = new Rounds({
    round: () => this.#check(),
    // It was closed; else what was met stays all that is known.
    failed: () => {},
  })

  /** `onFound` hears what each check has found, nothing included. */
  constructor(path: string, onFound: (damage: readonly Damage[]) => void) {
    this.#path = path
    this.#onFound = onFound
  }

  /** What is damaged; where a check has found nothing or goes on, what the damage met so far can be in. */
  get damage(): readonly Damage[] {
    return this.#found.length > 0 ? this.#found : [...this.#suspected.values()].flat()
  }

  /** An operation has met damage. */
  met({ tables, cause }: StoreDamaged): void {
    const names = tables.length > 0 ? tables : ['database']
    const suspicion = names.join()
    if (this.#suspected.has(suspicion)) return
    this.#suspected.set(
      suspicion,
      names.map((part) => ({ part, means: meaningOf(part), detail: String(cause) })),
    )
    void this.#checks.ask()
  }

  /** Ends a check that goes on. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#checks.ended
  }

  async #check(): Promise<void> {
    this.#found = await checkDatabase(this.#path, { signal: this.#closing.signal })
    this.#onFound(this.#found)
  }
}
