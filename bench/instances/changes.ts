import type { Change, ChangeList } from '../../schemas/change.ts'
import { call } from '../../test/process.ts'
import type { Polls } from './polls.ts'

/** How far the time of a change may be from that of the answer that showed it: an instance may be busy. */
const TOLERANCE_MS = 10_000

/** Reads the changes of the feed through one instance, at least up to `reached`. The feed may grow meanwhile. */
async function* changesUpTo(url: string, reached: number): AsyncGenerator<Change> {
  for (let after = 0; after < reached; ) {
    const answer = await call('GET', `${url}/api/v1/changes?after=${after}&limit=1000`)
    const { items, last_seq }: ChangeList = answer.json
    yield* items
    after = last_seq
  }
}

/** The state of an offer after its last change. */
interface Known {
  price: number | undefined
  at: number
}

/**
 * Reads the feed up to `reached` and returns what is wrong with it: gaps; changes that do not follow from the one
 * before them, because something was lost, or written twice, or late; and changes at a time at which the Offers
 * service gave no answer about their product.
 */
export async function faultsOfFeed(url: string, reached: number, polls: Polls): Promise<string[]> {
  const faults: string[] = []
  const offers = new Map<string, Known>()
  let last = 0
  for await (const change of changesUpTo(url, reached)) {
    if (change.seq !== last + 1) faults.push(`${change.seq} follows ${last}`)
    last = change.seq
    if (change.offer_id === undefined) continue
    const offer = `${change.product_id} ${change.offer_id}` // Offers of different products can have the same id.
    const at = Date.parse(change.at)
    const known = offers.get(offer)
    if (known && at <= known.at) faults.push(`${change.seq} is not after the change before it`)
    if (known && change.previous_price !== undefined && change.previous_price !== known.price)
      faults.push(`${change.seq} follows a price of ${change.previous_price}, not ${known.price}`)
    if (known && change.type === 'offer.price_changed' && change.price === known.price)
      faults.push(`${change.seq} changes nothing`)
    const answered = polls
      .timesOf(change.product_id)
      .some((time) => Math.abs(time - at) < TOLERANCE_MS)
    if (!answered)
      faults.push(`${change.seq} is at ${change.at}, when the Offers service answered nothing`)
    const price = change.type === 'offer.delisted' ? undefined : (change.price ?? known?.price)
    offers.set(offer, { price, at })
  }
  return faults
}
