/**
 * Identifies a request that its client may send again. The first request with a key is carried out, and its result
 * is kept for a day, in the same transaction. Later ones change nothing and get that result, in every instance.
 */
export interface IdempotencyKey {
  /** A digest of the client's key and of the token to which it belongs. */
  key: string
  /** A digest of the request. */
  request: string
}
