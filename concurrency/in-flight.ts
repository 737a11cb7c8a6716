/**
 * Work of which at most one call may be in flight. Each form accepts the next call however the last one ended:
 * at once, later, by rejecting, or by throwing before it returned a promise.
 */

/** Runs `work`, and gives its result to every caller while it runs. */
export function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return () => {
    // The callback of `finally` runs after this assignment, even if the work has already ended.
    running ??= work().finally(() => {
      running = undefined
    })
    return running
  }
}

/** Makes something on first use, and keeps it. If that fails, the next call tries again. */
export function kept<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
}

/** Work of which one piece under each name runs at a time, in the order in which it was asked for. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Gives the result of the work, which begins when that asked for before it under this name has ended. */
  take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const result = (this.#last.get(name) ?? Promise.resolve()).then(work)
    const ended: Promise<unknown> = result
      .catch(() => {})
      .then(() => {
        if (this.#last.get(name) === ended) this.#last.delete(name)
      })
    this.#last.set(name, ended)
    return result
  }
}

/**
 * Work that is done in rounds, on request. A request during a round causes another round, because the current
 * one may have missed what the request is about.
 */
export class Rounds {
  readonly #round: () => Promise<void>
  readonly #failed: (error: unknown) => void
  #asked = false
  #running = false
  #ended: Promise<void> = Promise.resolve()

  constructor(options: {
    round: () => Promise<void>
    /** Called for each round that failed; must not throw. */
    failed: (error: unknown) => void
  }) {
    this.#round = options.round
    this.#failed = options.failed
  }

  /** Resolves when the requested rounds have ended. */
  get ended(): Promise<void> {
    return this.#ended
  }

  /** Requests a round; resolves when it and those before it have ended. */
  ask(): Promise<void> {
    this.#asked = true
    if (!this.#running) {
      this.#running = true // Set before the call, because the work may have ended when it returns.
      this.#ended = this.#run()
    }
    return this.#ended
  }

  async #run(): Promise<void> {
    try {
      while (this.#asked) {
        this.#asked = false
        try {
          await this.#round()
        } catch (error) {
          this.#failed(error)
        }
      }
    } finally {
      this.#running = false
    }
  }
}
