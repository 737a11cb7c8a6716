/**
 * How the two threads agree on the fate of each write. A write is decided once: either the writer thread claims it for
 * a commit, or the main thread abandons it. Writes are numbered and decided in order of arrival, so one number in
 * shared memory is enough: all writes before it are decided.
 */
export class Decisions {
  readonly buffer: SharedArrayBuffer
  readonly #decided: BigInt64Array

  constructor(buffer = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer
    this.#decided = new BigInt64Array(buffer)
  }

  /** All writes before this one are decided. */
  get decided(): number {
    return Number(Atomics.load(this.#decided, 0))
  }

  /**
   * Claims the writes from `from` up to `until` for a commit; they can no longer be abandoned. Returns false, and
   * claims none, if some of them were abandoned.
   */
  claim(from: number, until: number): boolean {
    for (;;) {
      const decided = this.decided
      if (decided > from) return false
      if (this.#replace(decided, until)) return true
    }
  }

  /** Abandons the writes before `until` that no commit has claimed. Returns the number of the first of them. */
  abandon(until: number): number {
    for (;;) {
      const decided = this.decided
      if (decided >= until || this.#replace(decided, until)) return decided
    }
  }

  #replace(decided: number, next: number): boolean {
    const before = BigInt(decided)
    return Atomics.compareExchange(this.#decided, 0, before, BigInt(next)) === before
  }
}
