import type { OffersFault } from '../schemas/refresh-state.ts'

export type { OffersFault }

/** Maximum length of a stored message, in characters. */
const MAX_MESSAGE = 1_000

/** A failed call to the Offers service. The message is safe to show: it contains no token. */
export class OffersError extends Error {
  readonly fault: OffersFault

  constructor(fault: OffersFault, message: string, options?: ErrorOptions) {
    super(message.replaceAll('\0', '').slice(0, MAX_MESSAGE).toWellFormed(), options)
    this.fault = fault
  }
}
