interface Waiting {
  isDoubtful: boolean
  enter: () => void
}

/**
 * Bounds how many attempts are under way. Those at receivers whose last attempt failed get half of the slots at most,
 * so that receivers that hang never hold up all others.
 */
export class Slots {
  readonly #limit: number
  #used = 0
  #doubtful = 0
  #waiting: Waiting[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Does work in a slot, once there is one. */
  async use<Result>(isDoubtful: boolean, work: () => Promise<Result>): Promise<Result> {
    if (!this.#isFree(isDoubtful)) {
      await new Promise<void>((enter) => this.#waiting.push({ isDoubtful, enter }))
    }
    this.#count(isDoubtful, 1)
    try {
      return await work()
    } finally {
      this.#count(isDoubtful, -1)
      const next = this.#waiting.findIndex((one) => this.#isFree(one.isDoubtful))
      if (next >= 0) this.#waiting.splice(next, 1)[0]?.enter()
    }
  }

  #isFree(isDoubtful: boolean): boolean {
    return this.#used < this.#limit && !(isDoubtful && this.#doubtful >= this.#limit / 2)
  }

  #count(isDoubtful: boolean, change: 1 | -1): void {
    this.#used += change
    if (isDoubtful) this.#doubtful += change
  }
}
