import type { Sighting } from '../../alerts/watch.ts'
import type { Change, ChangeType } from '../../schemas/change.ts'
import { toTime } from '../../schemas/to-time.ts'
import { present } from '../present.ts'
import { decodeChanges, POLL, PRODUCT_CHANGES } from './changes.ts'

/** A row of the change feed as it is stored. */
export type FeedRow = [
  seq: number,
  at: number,
  kind: number,
  productKey: number,
  offers: Buffer | null,
  alert: string | null,
  /** If the change is one of the product's tags, or its deletion, those before it, as JSON. */
  tagsBefore: string | null,
  /** The tags of the product after it, as JSON, if they were asked for; null too if it was deleted. */
  tagsAfter: string | null,
]

/** The tags that the product of a row had before or after it, given those after it. */
export function tagsAround([, , , , , , before, after]: FeedRow): string[] {
  return [before, after].flatMap((tags): string[] => (tags === null ? [] : JSON.parse(tags)))
}

/**
 * The firing of an alert, as it is stored. The row is one of a poll that found nothing: a version of the service from
 * before there were alerts, which may share the database, skips it.
 */
export interface AlertChange {
  alert_id: string
  price?: number
  previous_price?: number
  reference?: number
}

export const encodeAlert = (id: string, { price, previousPrice, reference }: Sighting): string =>
  JSON.stringify({
    alert_id: id,
    price: price ?? undefined,
    previous_price: previousPrice ?? undefined,
    reference: reference ?? undefined,
  } satisfies AlertChange)

/** The ids of the products and offers in the feed, those of deleted ones too. */
export interface FeedNames {
  product(key: number): string
  offer(key: number, number: number): string
}

/** The changes of a row, only those of a type if one is given. */
export function changesOf(row: FeedRow, type: ChangeType | undefined, names: FeedNames): Change[] {
  const [seq, ms, kind, key, offers, alert, tags] = row
  const at = toTime(ms)
  if (alert) {
    if (type && type !== 'alert.fired') return []
    const firing: AlertChange = JSON.parse(alert)
    return [{ seq, at, type: 'alert.fired', product_id: names.product(key), ...firing }]
  }
  if (kind !== POLL) {
    const own: ChangeType = present(PRODUCT_CHANGES[kind], 'the type of change', seq)
    if (type && own !== type) return []
    const change = { seq, at, type: own, product_id: names.product(key) }
    // A version of the service from before there were tags may have deleted it.
    const isTagged = own === 'product.deleted' && tags !== null
    return [isTagged ? { ...change, tags: JSON.parse(tags) } : change]
  }
  const changes = decodeChanges(present(offers, 'the offers of change', seq))
  const before = seq - changes.length
  const product_id = names.product(key)
  return changes.flatMap(({ number, type: own, ...figures }, index): Change[] => {
    if (type && own !== type) return []
    const offer_id = names.offer(key, number)
    return [{ seq: before + index + 1, at, type: own, product_id, offer_id, ...figures }]
  })
}
