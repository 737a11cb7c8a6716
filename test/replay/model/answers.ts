/** What the API must answer about a product, from what is known of it. */
import type { PriceRecord } from '../../../schemas/export.ts'
import { type Figure, OneOf, percentOf } from './figure.ts'
import type { OfferModel, State } from './offer.ts'
import type { ProductModel } from './product.ts'
import {
  asOf,
  bucketsOf,
  figuresOf,
  HOUR_MS,
  type Piece,
  piecesOf,
  placeOf,
  pointsOf,
  stateIn,
} from './series.ts'

/** When it is asked, with what the service knows then. */
export interface Asked {
  now: number
  /** For so long after a good poll it counts as looked at. */
  gapMs: number
  /** Since when this product's history is known exactly; a full hour. */
  rawSince: number
}

/** A window of a trend, with buckets of so many ms, which the API calls by a name. */
export interface TrendWindow {
  from: number
  to: number
  interval?: readonly [name: string, ms: number]
}

const iso = (ms: number) => new Date(ms).toISOString()

/** The answer to `GET .../trend`: of an offer, or without one of the product. */
export function trendOf(
  product: ProductModel,
  { from, to, interval }: TrendWindow,
  asked: Asked,
  offer?: OfferModel,
) {
  const { now, gapMs, rawSince } = asked
  const end = Math.min(to, now)
  const pieces = piecesOf(asOf(offer?.states ?? product.lowest, now), from, end, rawSince)
  const series = interval
    ? { interval: interval[0], buckets: bucketsOf(pieces, interval[1]) }
    : { interval: 'raw', prices: pointsOf(pieces) }
  return {
    product_id: product.id,
    ...(offer ? { offer_id: offer.id } : { offers: offersIn(product, from, end, asked) }),
    ...{ from: iso(from), to: iso(to), ...series, ...figuresOf(pieces) },
    coverage: product.looks.coverage(from, to, now, gapMs),
    gaps: product.looks.gaps(from, to, now, gapMs),
  }
}

/** The first and last price of each offer that was on sale in a window. */
function offersIn({ offers }: ProductModel, from: number, end: number, { now, rawSince }: Asked) {
  return [...offers.values()].flatMap(({ id: offer_id, states }) => {
    const pieces = piecesOf(asOf(states, now), from, end, rawSince)
    const first = pieces.find(({ open }) => open !== null)?.open
    const last = pieces.findLast(({ close }) => close !== null)?.close
    if (typeof first !== 'number' || typeof last !== 'number') return []
    return [{ offer_id, first, last, change_percent: percentOf(first, last) }]
  })
}

/** How an offer stood at a moment, or as the hour left it that the moment is in. */
function stateAt({ states }: OfferModel, at: number, rawSince: number): State | undefined {
  if (at >= rawSince) return states[placeOf(states, at)]
  const state = states[placeOf(states, at - (at % HOUR_MS) + HOUR_MS - 1)]
  return state && { ...state, at: state.at - (state.at % HOUR_MS) }
}

/**
 * When an offer came to stand as it did at a moment. If nothing changed between the last hour that is summed up and
 * that moment, the export does not tell where summaries end, so either precision is right.
 */
function changedAt(product: ProductModel, state: State, at: number, rawSince: number) {
  const exact = iso(state.at)
  if (at < rawSince || state.at >= rawSince) return exact
  const isKnown = product.changes.some(
    (change) => change.at >= iso(rawSince) && change.at <= iso(at),
  )
  return isKnown ? exact : new OneOf(exact, iso(state.at - (state.at % HOUR_MS)))
}

/** The answer to `GET /products/{id}/offers?at=`. */
export function offersAt(product: ProductModel, at: number, asked: Asked) {
  const { now, gapMs, rawSince } = asked
  const items = [...product.offers.values()].flatMap((offer) => {
    const state = at >= now ? offer.now : stateAt(offer, at, rawSince)
    if (!state || state.price === null || (at < now && offer.firstSeenAt > at)) return []
    const { price, stock: items_in_stock, lowestPrior: lowest_prior_30d } = state
    const first_seen_at = iso(offer.firstSeenAt)
    const changed_at = at >= now ? iso(state.at) : changedAt(product, state, at, rawSince)
    return [{ id: offer.id, price, items_in_stock, first_seen_at, changed_at, lowest_prior_30d }]
  })
  items.sort((a, b) => a.price - b.price || (a.id < b.id ? -1 : 1))
  const checked = product.looks.lastBefore(at)
  const stale = checked === undefined || at - checked > gapMs
  return { items, checked_at: checked === undefined ? null : iso(checked), stale }
}

/** The answer to `GET /products/{id}/offers`. */
export function offersNow(product: ProductModel, asked: Asked) {
  const { items } = offersAt(product, asked.now, asked)
  return { items, ...freshness(product, asked) }
}

function freshness({ looks: { last } }: ProductModel, { now, gapMs }: Asked) {
  // A time in the future is no time at which anybody can have looked.
  const stale = last === undefined || now - last > gapMs || last > now
  return { checked_at: last === undefined ? null : iso(last), stale }
}

/** The product in a list, as far as the polls decide it. */
export function listed(product: ProductModel, asked: Asked) {
  return {
    id: product.id,
    offers_count: offersNow(product, asked).items.length,
    lowest_price: product.lowest.at(-1)?.price ?? null,
    ...freshness(product, asked),
  }
}

/** A product among the movers of a window that ends now. */
export interface Moved {
  product_id: string
  first: number
  last: number
  change: { absolute: number; percent: Figure | null }
}

/** How the lowest price moved over a window that ends now; undefined where nothing can be said. */
export function moved(product: ProductModel, from: number, asked: Asked): Moved | undefined {
  const pieces = piecesOf(asOf(product.lowest, asked.now), from, asked.now, asked.rawSince)
  const first = pieces.find(({ open }) => open !== null)?.open
  const last = product.lowest.at(-1)?.price
  if (typeof first !== 'number' || typeof last !== 'number') return undefined
  const change = { absolute: last - first, percent: percentOf(first, last) }
  return { product_id: product.id, first, last, change }
}

/** The lines of the export. */
export function records(product: ProductModel, from: number, to: number, asked: Asked) {
  const end = Math.min(to, asked.now)
  if (from > end) return []
  const none = { product_id: product.id, price: null, items_in_stock: null, until: null }
  const gaps = product.looks.gapsSinceFirst(from, end, asked.now, asked.gapMs)
  const gapLines = gaps.map(({ since, until }) => ({
    ...{ ...none, offer_id: null, event: 'gap' as const },
    ...{ at: iso(since), until: iso(until) },
  }))
  const lines = [...product.offers.values()].flatMap((offer) => {
    const line = (ms: number, event: PriceRecord['event'], { price, stock }: Piece['end']) => ({
      ...{ ...none, offer_id: offer.id, at: iso(ms), event, price, items_in_stock: stock },
    })
    return eventsOf(offer, from, end, asked).map((event) => line(...event))
  })
  return [...gapLines, ...lines]
}

type Event = [at: number, event: PriceRecord['event'], state: Piece['end']]

function eventsOf(
  { states }: OfferModel,
  from: number,
  end: number,
  { now, rawSince }: Asked,
): Event[] {
  const events: Event[] = []
  const firstSeenAt = states[0]?.at ?? 0
  if (firstSeenAt > end && end < now) return events
  const opening = stateIn(states, from, rawSince)
  // An offer that was first seen later in the hour was not in force yet.
  const isNew = firstSeenAt > from
  if (opening.price !== null) events.push([from, isNew ? 'hour' : 'in_force', opening])
  const hours = new Set<number>()
  for (const [index, state] of states.entries()) {
    const { at, price } = state
    if (at < rawSince) {
      hours.add(at - (at % HOUR_MS))
    } else if (at > from && (at <= end || end === now)) {
      const before = states[index - 1]?.price ?? null
      events.push([
        Math.min(at, end),
        price === null ? 'delisted' : before === null ? 'listed' : 'changed',
        state,
      ])
    }
  }
  for (const hour of hours) {
    const before = stateIn(states, hour, rawSince)
    const after = stateIn(states, hour + 1, rawSince)
    const same = before.price === after.price && before.stock === after.stock
    if (hour > from && hour <= end && !same) events.push([hour, 'hour', after])
  }
  return events
}

/**
 * Since when the history of a product is known exactly, as far as its export tells: after the last hour
 * that is summed up, and after all changes that are missing before the first line of more than that.
 */
export function rawSinceOf({ offers }: ProductModel, lines: readonly PriceRecord[]): number {
  const hours = lines.filter(({ event }) => event === 'hour').map(({ at }) => Date.parse(at))
  if (hours.length === 0) return 0
  const raw = lines.filter(({ event }) => ['listed', 'changed', 'delisted'].includes(event))
  const firstRaw = Math.min(...raw.map(({ at }) => Date.parse(at)))
  const missing = [...offers.values()].flatMap(({ states }) =>
    states.flatMap(({ at }) => (at < firstRaw ? at : [])),
  )
  const last = Math.max(...hours, ...missing)
  return last - (last % HOUR_MS) + HOUR_MS
}
