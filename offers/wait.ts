/**
 * A wait by a clock that can step. It is over when the clock shows its end, and also when it shows a time
 * before its beginning: the clock was then put back, and how much of the wait is left is unknown.
 */
export class Wait {
  readonly #clock: () => number
  #since = 0
  #until = 0

  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** Until when it lasts, epoch ms; null where it is over. */
  get until(): number | null {
    const now = this.#clock()
    return now >= this.#since && now < this.#until ? this.#until : null
  }

  get isOver(): boolean {
    return this.until === null
  }

  /** Begins for `ms`, unless what is left of it is longer. */
  begin(ms: number): void {
    const now = this.#clock()
    const until = now + ms
    if (until <= (this.until ?? 0)) return
    this.#since = now
    this.#until = until
  }
}
