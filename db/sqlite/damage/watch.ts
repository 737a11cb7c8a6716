import { Rounds } from '../../../concurrency/in-flight.ts'
import type { StoreDamaged } from '../../errors.ts'
import type { Damage } from '../../store.ts'
import { checkDatabase } from './check.ts'
import { meaningOf } from './parts.ts'

/**
 * Keeps track of damage. Nothing looks for it until an operation finds some. SQLite's error does not say where, so
 * the whole database is then checked in a thread of its own. That takes a while for a large one, so it is done once
 * for each set of tables in which the damage can be.
 */
export class DamageWatch {
  readonly #path: string
  readonly #onFound: (damage: readonly Damage[]) => void
  readonly #suspected = new Map<string, Damage[]>()
  #found: readonly Damage[] = []
  readonly #closing = new AbortController()
  readonly #checks = new Rounds({
    round: () => this.#check(),
    // It was closed; otherwise only the damage that was met is known.
    failed: () => {},
  })

  /** Calls `onFound` with the findings of each check, also if there are none. */
  constructor(path: string, onFound: (damage: readonly Damage[]) => void) {
    this.#path = path
    this.#onFound = onFound
  }

  /** The damage; if a check found nothing or is still running, the tables in which the damage met so far can be. */
  get damage(): readonly Damage[] {
    return this.#found.length > 0 ? this.#found : [...this.#suspected.values()].flat()
  }

  /** Call it when an operation finds damage. */
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
