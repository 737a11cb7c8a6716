/**
 * Work of which one piece at most may be in flight. Each form is free for the next piece however the
 * last one ended: at once, later, with an error, or with an error before it gave its promise.
 */

/** Runs `work`, and gives its result to everyone who asks while it runs. */
export function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return () => {
    // What `finally` is given runs after this assignment, even if the work has already ended.
    running ??= work().finally(() => {
      running = undefined
    })
    return running
  }
}

/** Makes something when it is first asked for, and keeps it. If that fails, the next one tries again. */
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

/**
 * Work that is done in rounds, whenever it is asked for. Whoever asks during a round causes one more,
 * since that round may have missed what they ask for.
 */
export class Rounds {
  readonly #round: () => Promise<void>
  readonly #failed: (error: unknown) => void
  #asked = false
  #running = false
  #ended: Promise<void> = Promise.resolve()

  constructor(options: {
    round: () => Promise<void>
    /** Hears of each round that failed; must not throw. */
    failed: (error: unknown) => void
  }) {
    this.#round = options.round
    this.#failed = options.failed
  }

  /** Resolves when the rounds that were asked for have ended. */
  get ended(): Promise<void> {
    return this.#ended
  }

  /** Asks for a round; resolves when it and those before it have ended. */
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
