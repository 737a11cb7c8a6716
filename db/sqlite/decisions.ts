/**
 * What both threads agree on about the writes: for each one it is decided once, either by the writer's
 * thread that it is to be committed or by the main thread that it is given up. The writes are numbered in
 * the order in which they come and are decided in that order, so that one number in shared memory will do:
 * all before it are decided.
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
   * The writes from `from` up to `until` are about to be committed: nobody gives them up any more. False
   * where some of them have been given up; then none of them is decided by this.
   */
  claim(from: number, until: number): boolean {
    for (;;) {
      const decided = this.decided
      if (decided > from) return false
      if (this.#replace(decided, until)) return true
    }
  }

  /**
   * Gives up the writes before `until` as far as no commit has claimed them, and says which is the first
   * of them.
   */
  giveUp(until: number): number {
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
