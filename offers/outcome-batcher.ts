import type { Outcome } from '../db/store.ts'

/** How long outcomes gather before they are written together. */
const GATHER_MS = 50

/**
 * So many are written without waiting for more. A batch is handed over and applied in a few milliseconds,
 * for which others have to wait.
 */
const BATCH = 100

/**
 * Gathers how pieces of work ended, and has them written in batches. While one is being written the next
 * one gathers and is handed over as well, so that the store is never without work.
 */
export class OutcomeBatcher {
  readonly #write: (outcomes: Outcome[]) => Promise<void>
  readonly #written: () => void
  readonly #writing = new Set<Promise<void>>()
  #gathered: Outcome[] = []
  #gathering: NodeJS.Timeout | undefined
  #unwritten = 0

  constructor(options: {
    /** Writes a batch; must not reject. */
    write: (outcomes: Outcome[]) => Promise<void>
    /** Hears of it when a batch is written. */
    written: () => void
  }) {
    this.#write = options.write
    this.#written = options.written
  }

  /** How many were added and are not written. */
  get unwritten(): number {
    return this.#unwritten
  }

  add(outcome: Outcome): void {
    this.#unwritten += 1
    if (this.#gathered.push(outcome) >= BATCH) this.#flush()
    else this.#gathering ??= setTimeout(() => this.#flush(), GATHER_MS)
  }

  /** Writes what has gathered at once; resolves when all that was added is written. */
  async close(): Promise<void> {
    this.#flush()
    await Promise.all(this.#writing)
  }

  #flush(): void {
    clearTimeout(this.#gathering)
    this.#gathering = undefined
    if (this.#gathered.length === 0) return
    const writing = this.#handOver(this.#gathered)
    this.#gathered = []
    this.#writing.add(writing)
    void writing.then(() => this.#writing.delete(writing))
  }

  async #handOver(outcomes: Outcome[]): Promise<void> {
    await this.#write(outcomes)
    this.#unwritten -= outcomes.length
    this.#written()
  }
}
