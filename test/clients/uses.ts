/** The service as a client meets it. */
export interface Service {
  /** Where it listens, without a slash at the end. */
  url: string
  /** The token that is good for everything. */
  token: string
  /** The token that is good for reading alone. */
  readToken: string
  /** The id of a product that has an offer. */
  productId: string
  /** The id of that offer. */
  offerId: string
  /** Breaks all streams of changes off, as a failing network does. */
  hangUp(): void
}

/** Calls an operation well and badly; throws where an answer is not what it should be. */
export type Use = (service: Service) => Promise<void>

/** The id of no product. */
export const UNKNOWN_ID = '019aa9f0-5c00-7000-8000-000000000001'

/** Headers that are larger than the service takes. */
export const HUGE_HEADERS = { 'x-huge': 'x'.repeat(16 * 1024) }
