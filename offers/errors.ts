import type { OffersFault } from '../schemas/refresh-state.ts'

export type { OffersFault }

/** The longest message that is kept, in characters. */
const MAX_MESSAGE = 1_000

/** A call to the Offers service that failed. The message is fit to be shown; it holds no token. */
export class OffersError extends Error {
  readonly fault: OffersFault

  constructor(fault: OffersFault, message: string, options?: ErrorOptions) {
    super(message.replaceAll('\0', '').slice(0, MAX_MESSAGE).toWellFormed(), options)
    this.fault = fault
  }
}
