import type { apiAt, CallFailed } from './api.ts'

/** The number of calls in flight at once. */
const MAX_IN_FLIGHT = 10

/**
 * The external ids that a dry run treats as taken: those in the catalogue, and those of earlier rows. If the
 * service cannot be asked, `unasked` says why, and only earlier rows count.
 */
export class TakenKeys {
  readonly #call: ReturnType<typeof apiAt>
  readonly #taken = new Set<string>()
  unasked: string | undefined

  constructor(call: ReturnType<typeof apiAt>) {
    this.#call = call
  }

  /** Asks the service which of these are taken. */
  async ask(externalIds: string[]): Promise<void> {
    const unknown = externalIds.filter((externalId) => !this.#taken.has(externalId)).values()
    await Promise.all(
      Array.from({ length: MAX_IN_FLIGHT }, async () => {
        for (const externalId of unknown) await this.#askFor(externalId)
      }),
    )
  }

  /** Takes an external id. Returns false if it was taken already. */
  take(externalId: string): boolean {
    const free = !this.#taken.has(externalId)
    this.#taken.add(externalId)
    return free
  }

  async #askFor(externalId: string): Promise<void> {
    if (this.unasked !== undefined) return
    await this.#call({ path: `/products/by-external-id/${encodeURIComponent(externalId)}` }).then(
      () => this.#taken.add(externalId),
      (error: CallFailed) => {
        if (error.status !== 404) this.unasked = error.message
      },
    )
  }
}
