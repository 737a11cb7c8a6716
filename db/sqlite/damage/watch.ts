import { Worker } from 'node:worker_threads'
import type { StoreDamaged } from '../../errors.ts'
import type { Damage } from '../../store.ts'
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
  #checking: Worker | undefined
  #again = false
  #closed = false

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
    this.#again = true
    this.#check()
  }

  /** Ends a check that goes on. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#checking?.terminate()
  }

  #check(): void {
    if (this.#checking || !this.#again || this.#closed) return
    this.#again = false
    const worker = new Worker(new URL('./watch-thread.ts', import.meta.url), {
      workerData: this.#path,
      execArgv: [],
    })
    this.#checking = worker
    let found: readonly Damage[] = []
    worker.on('message', (damage: readonly Damage[]) => {
      found = damage
    })
    // A file that cannot even be opened: what was met stays all that is known. The exit comes after it.
    worker.on('error', () => {})
    worker.on('exit', () => {
      this.#checking = undefined
      if (this.#closed) return
      this.#found = found
      this.#onFound(found)
      this.#check()
    })
  }
}
