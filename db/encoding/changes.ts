/**
 * The change feed as it is stored: a row for each change of a product, and a row for all the changes that a
 * poll found, the last of which has the row's `seq`:
 *
 *     offers = change*
 *     change = number * 4 + kind, then
 *       listed:   price stock
 *       repriced: price before stock before
 *       restocked: stock before
 *       delisted: price stock, both as they were before
 */

import type { OfferChange } from '../../history/offer-state.ts'
import type { ChangeType } from '../../schemas/change.ts'
import { ByteReader, ByteWriter } from './bytes.ts'

/** The `kind` of a row with the changes that a poll found. */
export const POLL = 0

/** The types of the changes of a product, by the `kind` of their rows. */
export const PRODUCT_CHANGES = [
  undefined,
  'product.created',
  'product.updated',
  'product.deleted',
  'product.registered',
] as const satisfies (ChangeType | undefined)[]

/** The `kind` of the row for a change of this type. */
export const kindOf = (type: (typeof PRODUCT_CHANGES)[number]) => PRODUCT_CHANGES.indexOf(type)

const Kind = { listed: 0, repriced: 1, restocked: 2, delisted: 3 } as const

export function encodeChanges(changes: OfferChange[]): Buffer {
  const out = new ByteWriter()
  for (const { number, before, now } of changes) {
    const head = (kind: number) => out.uint(number * 4 + kind)
    if (before === null) {
      if (now) head(Kind.listed).uint(now.price).uint(now.itemsInStock)
    } else if (now === null) {
      head(Kind.delisted).uint(before.price).uint(before.itemsInStock)
    } else if (now.price !== before.price) {
      head(Kind.repriced).uint(now.price).uint(before.price)
      out.uint(now.itemsInStock).uint(before.itemsInStock)
    } else {
      head(Kind.restocked).uint(now.itemsInStock).uint(before.itemsInStock)
    }
  }
  return out.bytes()
}

/** A change of an offer, with the API's property names. */
export interface FeedChange {
  number: number
  type: ChangeType
  price?: number
  previous_price?: number
  items_in_stock?: number
  previous_items_in_stock?: number
}

function decodeChange(input: ByteReader): FeedChange {
  const head = input.uint()
  const number = Math.floor(head / 4)
  switch (head % 4) {
    case Kind.listed:
      return { number, type: 'offer.listed', price: input.uint(), items_in_stock: input.uint() }
    case Kind.repriced:
      return {
        number,
        type: 'offer.price_changed',
        price: input.uint(),
        previous_price: input.uint(),
        items_in_stock: input.uint(),
        previous_items_in_stock: input.uint(),
      }
    case Kind.restocked:
      return {
        number,
        type: 'offer.stock_changed',
        items_in_stock: input.uint(),
        previous_items_in_stock: input.uint(),
      }
    default:
      return {
        number,
        type: 'offer.delisted',
        previous_price: input.uint(),
        previous_items_in_stock: input.uint(),
      }
  }
}

export function decodeChanges(bytes: Uint8Array): FeedChange[] {
  const input = new ByteReader(bytes)
  const changes: FeedChange[] = []
  while (!input.done) changes.push(decodeChange(input))
  return changes
}
