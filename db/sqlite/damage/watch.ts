import { Rounds } from '../../../concurrency/in-flight.ts'
import type { StoreDamaged } from '../../errors.ts'
import type { Damage } from '../../store.ts'
import { checkDatabase } from './check.ts'
import { meaningOf } from './parts.ts'

/**
 * Keeps track of damage. Nothing checks the database until an operation fails because of damage. SQLite's error does
 * not say where that is, so the whole database is then checked, in a thread of its own. That takes a while for a large
 * one, so it is done only once for each set of tables in which the damage can be.
 */
export class DamageWatch {
  readonly #path: string
  readonly #onFound: (damage: readonly Damage[]) => void
  readonly #suspected = new Map<string, Damage[]>()
  #found: readonly Damage[] = []
  readonly #closing = new AbortController()
  readonly #checks = new Rounds({
    round: () => this.#check(),
    failed: () => {}, // The store was closed, or the check failed: then only the suspected tables are known.
  })

  /** Calls `onFound` with the findings of each check, also if there are none. */
  constructor(path: string, onFound: (damage: readonly Damage[]) => void) {
    this.#path = path
    this.#onFound = onFound
  }

  /** What the last check found; until a check has found something, the tables that are suspected. */
  get damage(): readonly Damage[] {
    return this.#found.length > 0 ? this.#found : [...this.#suspected.values()].flat()
  }

  /** Call it when an operation fails because of damage. */
  suspect({ tables, cause }: StoreDamaged): void {
    const names = tables.length > 0 ? tables : ['database']
    const suspicion = names.join()
    if (this.#suspected.has(suspicion)) return
    this.#suspected.set(
      suspicion,
      names.map((part) => ({ part, means: meaningOf(part), detail: String(cause) })),
    )
    void this.#checks.ask()
  }

  /** Ends a running check. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#checks.ended
  }

  async #check(): Promise<void> {
    this.#found = await checkDatabase(this.#path, { signal: this.#closing.signal })
    this.#onFound(this.#found)
  }
}
