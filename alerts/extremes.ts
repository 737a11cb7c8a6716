/** The highest or lowest of the prices that were in force in a window that only moves forwards. */
export class Extremes {
  readonly #isBetter: (a: number, b: number) => boolean
  readonly #windowMs: number
  /** Each is better than all after it, so the first one still in the window is the best. */
  readonly #candidates: { until: number; price: number }[] = []

  constructor(which: 'high' | 'low', windowMs: number) {
    this.#isBetter = which === 'high' ? (a, b) => a > b : (a, b) => a < b
    this.#windowMs = windowMs
  }

  /** Adds a price that was in force until a time, which is not before that of the last one. */
  add(price: number, until: number): void {
    for (let last = this.#candidates.at(-1); last; last = this.#candidates.at(-1)) {
      if (this.#isBetter(last.price, price)) break
      this.#candidates.pop()
    }
    this.#candidates.push({ until, price })
  }

  /** The best price in force in the window that ends at a time, possibly of `standing`; null if there is none. */
  best(at: number, standing: number | null = null): number | null {
    while ((this.#candidates[0]?.until ?? at) <= at - this.#windowMs) this.#candidates.shift()
    const best = this.#candidates[0]?.price ?? null
    if (best === null || standing === null) return best ?? standing
    return this.#isBetter(standing, best) ? standing : best
  }
}
