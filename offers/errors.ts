/**
 * Why a call to the Offers service gave nothing to work with:
 *
 * - `paused`: not sent, because the service asked for a pause or the breaker is open.
 * - `unavailable`: 5xx, time-out, reset, DNS or TLS failure.
 * - `unauthorized`: 401, also on a second try.
 * - `not-found`: 404, the service does not know the product.
 * - `rejected`: 400 or 422, the service refuses the product.
 * - `malformed`: a 200 without a valid answer in it.
 * - `unexpected`: any other status.
 */
export type OffersFault =
  | 'paused'
  | 'unavailable'
  | 'unauthorized'
  | 'not-found'
  | 'rejected'
  | 'malformed'
  | 'unexpected'

/** A call to the Offers service that failed. The message is fit to be shown; it holds no token. */
export class OffersError extends Error {
  readonly fault: OffersFault

  constructor(fault: OffersFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.fault = fault
  }
}
