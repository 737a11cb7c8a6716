import type { OfferChange, OfferState } from '../../../history/offer-state.ts'

export const START = Date.UTC(2026, 0, 2)
export const DAY = 20_455
export const MAX = Number.MAX_SAFE_INTEGER

export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

export const offer = (
  number: number,
  price: number,
  itemsInStock: number,
  changedAt = START,
  lowestPrior: number | null = null,
): OfferState => ({ number, price, itemsInStock, changedAt, lowestPrior })

export const change = (before: OfferState | null, now: OfferState | null): OfferChange => ({
  number: (before ?? now)?.number ?? 0,
  before,
  now,
})
