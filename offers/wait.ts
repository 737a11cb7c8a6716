/**
 * A wait measured by a clock that can step. It is over when the clock reaches its end, and also when the
 * clock shows a time before its start: the clock was set back, and the remaining wait is unknown.
 */
export class Wait {
  readonly #clock: () => number
  #since = 0
  #until = 0

  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** The end of the wait, epoch ms; null if it is over. */
  get until(): number | null {
    const now = this.#clock()
    return now >= this.#since && now < this.#until ? this.#until : null
  }

  get isOver(): boolean {
    return this.until === null
  }

  /** Starts a wait of `ms`, unless the remaining wait is longer. */
  begin(ms: number): void {
    const now = this.#clock()
    const until = now + ms
    if (until <= (this.until ?? 0)) return
    this.#since = now
    this.#until = until
  }
}
