import assert from 'node:assert/strict'

/** The service as a client meets it. */
export interface Service {
  /** Where it listens, without a slash at the end. */
  url: string
  /** The token that allows everything. */
  token: string
  /** The token that only allows reading. */
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
export const UNKNOWN_ID = '019aa9f0-5c00-7000-8000-00000000dead'

/** Headers that are larger than the service takes. */
export const HUGE_HEADERS = { 'x-huge': 'x'.repeat(16 * 1024) }

/**
 * Follows the changes behind `after` over a break of the connection, with a product created before and
 * one behind it; throws where a change is missing or comes twice.
 */
export async function outlastsBreak(
  changes: AsyncIterable<{ seq: number; product_id: string }>,
  after: number,
  hangUp: () => void,
  create: (name: string) => Promise<{ id: string }>,
): Promise<void> {
  await create('Before the break')
  const seen: number[] = []
  let second: string | undefined
  for await (const change of changes) {
    seen.push(change.seq)
    if (change.product_id === second) break
    if (second !== undefined) continue
    hangUp()
    second = (await create('Behind the break')).id
  }
  assert.deepEqual(
    seen,
    seen.map((_, index) => after + 1 + index),
  )
}
