interface Waiting {
  owner: object
  isDoubtful: boolean
  /** Ends the wait: with a slot, or without one. */
  end: (hasSlot: boolean) => void
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

  /** Does work in a slot, once there is one. Resolves with undefined if its owner was dismissed before. */
  async use<Result>(
    owner: object,
    isDoubtful: boolean,
    work: () => Promise<Result>,
  ): Promise<Result | undefined> {
    if (this.#isFree(isDoubtful)) this.#count(isDoubtful, 1)
    else if (!(await this.#turn(owner, isDoubtful))) return undefined
    try {
      return await work()
    } finally {
      this.#leave(isDoubtful)
    }
  }

  /** Ends the waits of an owner, whose work that has begun goes on. */
  dismiss(owner: object): void {
    const waiting = this.#waiting
    this.#waiting = waiting.filter((one) => one.owner !== owner)
    for (const one of waiting) if (one.owner === owner) one.end(false)
  }

  /** Waits for a slot. Resolves with whether there is one, which is counted by then. */
  #turn(owner: object, isDoubtful: boolean): Promise<boolean> {
    return new Promise((end) => this.#waiting.push({ owner, isDoubtful, end }))
  }

  /** Leaves a slot to the first one that waits and may have it. */
  #leave(isDoubtful: boolean): void {
    this.#count(isDoubtful, -1)
    const next = this.#waiting.findIndex((one) => this.#isFree(one.isDoubtful))
    const [entering] = next < 0 ? [] : this.#waiting.splice(next, 1)
    if (!entering) return
    this.#count(entering.isDoubtful, 1)
    entering.end(true)
  }

  #isFree(isDoubtful: boolean): boolean {
    return this.#used < this.#limit && !(isDoubtful && this.#doubtful >= this.#limit / 2)
  }

  #count(isDoubtful: boolean, change: 1 | -1): void {
    this.#used += change
    if (isDoubtful) this.#doubtful += change
  }
}
