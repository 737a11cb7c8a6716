import type { Outcome } from '../db/store.ts'

/** How long outcomes are collected before they are written together. */
const GATHER_MS = 50

/**
 * The batch size that is written without waiting for more. Applying a batch takes a few milliseconds, during
 * which other writes wait.
 */
const BATCH = 100

/**
 * Collects the outcomes of tasks and writes them in batches. While one batch is being written, the next is
 * collected and submitted too, so that the store is never idle.
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
    /** Called when a batch has been written. */
    written: () => void
  }) {
    this.#write = options.write
    this.#written = options.written
  }

  /** How many outcomes are not yet written. */
  get unwritten(): number {
    return this.#unwritten
  }

  add(outcome: Outcome): void {
    this.#unwritten += 1
    if (this.#gathered.push(outcome) >= BATCH) this.#flush()
    else this.#gathering ??= setTimeout(() => this.#flush(), GATHER_MS)
  }

  /** Writes the collected outcomes immediately; resolves when all added outcomes are written. */
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
