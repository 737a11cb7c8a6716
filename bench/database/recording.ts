import { encodeChanges } from '../../db/encoding/changes.ts'
import { CHUNK_BYTES, encodeOpening, encodePoll } from '../../db/encoding/chunk.ts'
import { listedOffer, listingOf } from '../../db/encoding/listing.ts'
import { encodePastPrices } from '../../db/encoding/past-prices.ts'
import type { ObservedOffer } from '../../db/store.ts'
import { lowestOf } from '../../history/lowest.ts'
import { lowestPastPrice, type PastPrices, withPastPrice } from '../../history/lowest-prior.ts'
import type { OfferChange, OfferState } from '../../history/offer-state.ts'
import { toTime } from '../../schemas/to-time.ts'
import type { Poll } from './polls.ts'

/** A row of `history`. */
interface RecordedChunk {
  since: number
  until: number
  polls: Buffer
}

/** A row of `changes`, without its number. */
interface RecordedChanges {
  at: number
  count: number
  offers: Buffer
}

/** A row of `offers` for an offer on sale. */
interface RecordedOffer {
  number: number
  id: string
  firstSeenAt: number
}

/** The rows that the service would have written for the polls of a product. */
export interface Recording {
  chunks: RecordedChunk[]
  feed: RecordedChanges[]
  offers: RecordedOffer[]
  listing: { offers: string; internals: string }
  /** The number of changes that are too old for the feed. */
  expired: number
  lowestPrice: number | null
  firstChangedAt: number | null
}

interface Seen {
  id: string
  firstSeenAt: number
  past: PastPrices
  now: OfferState
}

function noPartHour(): never {
  throw new Error('the history is longer than 30 days')
}

/** The offer as observed at `at`; the same object if it has not changed. */
function observed(number: number, seen: Seen | undefined, offer: ObservedOffer, at: number): Seen {
  const { price, items_in_stock: itemsInStock } = offer
  if (!seen) {
    const now = { number, price, itemsInStock, changedAt: at, lowestPrior: null }
    return { id: offer.id, firstSeenAt: at, past: [], now }
  }
  const before = seen.now
  if (price === before.price && itemsInStock === before.itemsInStock) return seen
  if (price === before.price) return { ...seen, now: { ...before, itemsInStock, changedAt: at } }
  const past = withPastPrice(seen.past, before.price, at)
  const lowestPrior = price > before.price ? null : lowestPastPrice(past, at, noPartHour)
  return { ...seen, past, now: { number, price, itemsInStock, changedAt: at, lowestPrior } }
}

/**
 * Makes the rows for the polls of a product that always has the same offers, in the same order. Changes from `feedFrom`
 * on also go into the change feed.
 */
export function record(polls: Iterable<Poll>, feedFrom: number): Recording {
  const chunks: RecordedChunk[] = []
  const feed: RecordedChanges[] = []
  let seen: Seen[] = []
  let parts: Buffer[] = []
  let size = 0
  let [since, until] = [0, 0]
  let expired = 0

  function endChunk(): void {
    if (parts.length > 0) chunks.push({ since, until, polls: Buffer.concat(parts) })
  }

  function add(at: number, before: OfferState[], changes: OfferChange[]): void {
    const begins = parts.length === 0 || size >= CHUNK_BYTES
    if (begins) {
      endChunk()
      parts = [encodeOpening(before, at)]
      size = parts[0]?.length ?? 0
      since = at
    }
    const poll = encodePoll(begins ? 0 : at - until, changes)
    parts.push(poll)
    size += poll.length
    until = at
  }

  for (const { at, offers } of polls) {
    const known = seen
    seen = offers.map((offer, index) => observed(index + 1, known[index], offer, at))
    const changes = seen.flatMap((offer, index): OfferChange[] => {
      const before = known[index]
      if (before === offer) return []
      return [{ number: index + 1, before: before?.now ?? null, now: offer.now }]
    })
    add(
      at,
      known.map(({ now }) => now),
      changes,
    )
    if (at < feedFrom) expired += changes.length
    else feed.push({ at, count: changes.length, offers: encodeChanges(changes) })
  }
  endChunk()

  return {
    chunks,
    feed,
    expired,
    offers: seen.map(({ id, firstSeenAt, now }) => ({ number: now.number, id, firstSeenAt })),
    listing: listingOf(
      seen.map(({ id, firstSeenAt, past, now }) =>
        listedOffer(id, toTime(firstSeenAt), now, encodePastPrices(past)),
      ),
    ),
    lowestPrice: lowestOf(seen.map(({ now }) => now))?.price ?? null,
    firstChangedAt: chunks[0]?.since ?? null,
  }
}
