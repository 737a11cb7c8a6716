/**
 * What must follow from what the Offers service answered, written down a second time: after the
 * contract alone, in the plainest way, with nothing of the service's own code.
 */
import type { LogEntry } from '../../offers/simulator/served.ts'
import type { Change } from '../../schemas/change.ts'
import type { PriceRecord } from '../../schemas/export.ts'
import type { Offer } from '../../schemas/offer.ts'

const DAYS_30_MS = 30 * 24 * 60 * 60 * 1000

/** An offer as it was answered. */
export interface Seen {
  id: string
  price: number
  stock: number
}

/** A poll, with what it showed; null where it failed. */
export interface Poll {
  at: number
  seen: Seen[] | null
}

/** From `at` on the price was so; null: it was not on sale. */
export interface Point {
  at: number
  price: number | null
  stock: number | null
}

interface Standing {
  price: number
  stock: number
  changedAt: number
  lowestPrior: number | null
}

/** From `at` on an offer stood so; null: it was not on sale. */
interface State {
  at: number
  now: Standing | null
}

interface Span {
  since: number
  until: number
}

type OfferChange = Omit<Change, 'seq'>

const iso = (ms: number) => new Date(ms).toISOString()

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0

function seenOf(offer: unknown): Seen | null {
  if (typeof offer !== 'object' || offer === null) return null
  const { id, price, items_in_stock: stock } = offer as Record<string, unknown>
  const named = Number.isSafeInteger(id) || (typeof id === 'string' && id !== '')
  return named && isCount(price) && isCount(stock) ? { id: String(id), price, stock } : null
}

function read(body: string): Seen[] | null {
  try {
    const json: unknown = JSON.parse(body)
    if (!Array.isArray(json)) return null
    const seen = json.flatMap((offer) => seenOf(offer) ?? [])
    return seen.length === json.length ? seen : null
  } catch {
    return null
  }
}

/** A poll as the log of the Offers service has it: it failed but for a valid array of offers. */
export function pollOf({ at, status, body }: LogEntry): Poll {
  return { at, seen: status === 200 ? read(body) : null }
}

/** The part of a series in a window: it opens with what was in force, and has a change at the end. */
function within(series: Point[], from: number, to: number): Point[] {
  const first = series[0]
  if (!first) return []
  const start = Math.max(from, first.at)
  if (start > to) return []
  const opening = series.findLast(({ at }) => at <= start) ?? first
  return [{ ...opening, at: start }, ...series.filter(({ at }) => at > start && at <= to)]
}

/** The figures of a window; percent and mean are not rounded. */
function figures(points: Point[], end: number) {
  const on = points.flatMap(({ at, price }, index) => {
    const until = points[index + 1]?.at ?? end
    return price === null ? [] : [{ price, ms: until - at }]
  })
  const prices = on.map(({ price }) => price)
  const [first, last] = [prices[0], prices.at(-1)]
  if (first === undefined || last === undefined) {
    return { change: { absolute: null, percent: null }, low: null, high: null, mean: null }
  }
  const total = on.reduce((sum, { ms }) => sum + ms, 0)
  const area = on.reduce((sum, { price, ms }) => sum + price * ms, 0)
  return {
    change: {
      absolute: last - first,
      percent: first === 0 ? null : ((last - first) * 100) / first,
    },
    low: Math.min(...prices),
    high: Math.max(...prices),
    mean: total > 0 ? area / total : last,
  }
}

/** What happened in each interval, of the points of a window that ends at `end`. */
function bucketsOf(points: Point[], end: number, ms: number) {
  const start = points[0]?.at
  if (start === undefined) return []
  const buckets: object[] = []
  for (let at = start - (start % ms); at <= end; at += ms) {
    const pieces = points.flatMap((point, index) => {
      const from = Math.max(point.at, at)
      const until = Math.min(points[index + 1]?.at ?? end, at + ms)
      const atTheEnd = point.at === end && from < at + ms
      return until > from || atTheEnd ? [{ ...point, at: from }] : []
    })
    // Where the window ends as a bucket begins, there is none unless something changed then.
    if (pieces.length === 0) continue
    const prices = pieces.flatMap(({ price }) => price ?? [])
    const { low, high, mean } = figures(pieces, Math.min(at + ms, end))
    const [open, close] = [prices[0] ?? null, prices.at(-1) ?? null]
    buckets.push({ at: iso(at), open, close, low, high, mean })
  }
  return buckets
}

/** What is to be known of one product, `now` at the end of all its polls. */
export class ProductModel {
  readonly id: string
  /** Its offers in the order in which they were first seen. */
  readonly offers = new Map<string, State[]>()
  /** Its changes in the feed, but for `seq`. */
  readonly changes: OfferChange[] = []
  /** How often an offer came back: at a lower price than it had, the same, or a higher one. */
  readonly returned = { lower: 0, same: 0, higher: 0 }
  readonly #now: number
  readonly #gapMs: number
  readonly #lowest: Point[] = []
  readonly #looking: Span[] = []
  #failed = false

  /** Without a good poll for longer than `gapMs` nobody was looking. */
  constructor(id: string, polls: Poll[], now: number, gapMs: number) {
    this.id = id
    this.#now = now
    this.#gapMs = gapMs
    for (const { at, seen } of polls) {
      this.#look(at, seen === null)
      if (seen) this.#observe(at, seen)
    }
  }

  /** The product in a list, as far as the polls decide it. */
  current() {
    const { items, checked_at, stale } = this.at(this.#now)
    const lowest_price = this.#lowest.at(-1)?.price ?? null
    return { id: this.id, offers_count: items.length, lowest_price, checked_at, stale }
  }

  /** The answer to `GET /products/{id}/offers?at=`. */
  at(at: number) {
    const items = [...this.offers].flatMap(([id, states]): Offer[] => {
      const now = states.findLast((state) => state.at <= at)?.now
      if (!now) return []
      return [
        {
          id,
          price: now.price,
          items_in_stock: now.stock,
          first_seen_at: iso(states[0]?.at ?? Number.NaN),
          changed_at: iso(now.changedAt),
          lowest_prior_30d: now.lowestPrior,
        },
      ]
    })
    items.sort((a, b) => a.price - b.price || (a.id < b.id ? -1 : 1))
    const look = this.#looking.findLast(({ since }) => since <= at)
    const checked = look && Math.min(look.until, at)
    return {
      items,
      checked_at: checked === undefined ? null : iso(checked),
      stale: checked === undefined || at - checked > this.#gapMs,
    }
  }

  /** The answer to `GET .../trend`: of an offer, or without one of the product. */
  trend(from: number, to: number, offerId?: string) {
    const series = offerId === undefined ? this.#lowest : this.series(offerId)
    const end = Math.min(to, this.#now)
    const points = within(series, from, end)
    const prices = points.map(({ at, price, stock }) => ({
      at: iso(at),
      price,
      items_in_stock: stock,
    }))
    return { ...this.#head(from, to, offerId, points), interval: 'raw', prices }
  }

  /** The same in buckets of so many ms, which the API calls `interval`. */
  buckets(from: number, to: number, ms: number, interval: string, offerId?: string) {
    const series = offerId === undefined ? this.#lowest : this.series(offerId)
    const end = Math.min(to, this.#now)
    const points = within(series, from, end)
    const buckets = bucketsOf(points, end, ms)
    return { ...this.#head(from, to, offerId, points), interval, buckets }
  }

  /** The price of an offer. */
  series(offerId: string): Point[] {
    const states = this.offers.get(offerId) ?? []
    return states.map(({ at, now }) => ({
      at,
      price: now?.price ?? null,
      stock: now?.stock ?? null,
    }))
  }

  /** The lines of the export. */
  records(from: number, to: number): PriceRecord[] {
    const end = Math.min(to, this.#now)
    const none = { product_id: this.id, price: null, items_in_stock: null, until: null }
    const gaps = this.#gaps(from, end).map(({ since, until }) => ({
      ...{ ...none, offer_id: null, event: 'gap' as const },
      ...{ at: iso(since), until: iso(until) },
    }))
    const lines = [...this.offers].flatMap(([offer_id, states]) => {
      const line = (ms: number, event: PriceRecord['event'], now: Standing | null) => ({
        ...{ ...none, offer_id, at: iso(ms), event },
        ...(now && { price: now.price, items_in_stock: now.stock }),
      })
      const opening = states.findLast(({ at }) => at <= from)?.now
      const changes = states.flatMap(({ at, now }, index): PriceRecord[] => {
        if (at <= from || at > end) return []
        const event = now === null ? 'delisted' : states[index - 1]?.now ? 'changed' : 'listed'
        return [line(at, event, now)]
      })
      return opening ? [line(from, 'in_force', opening), ...changes] : changes
    })
    return [...gaps, ...lines]
  }

  #head(from: number, to: number, offerId: string | undefined, points: Point[]) {
    const end = Math.min(to, this.#now)
    return {
      product_id: this.id,
      ...(offerId === undefined ? { offers: this.#offersIn(from, end) } : { offer_id: offerId }),
      ...{ from: iso(from), to: iso(to) },
      ...figures(points, end),
      coverage: this.#coverage(from, to),
      gaps: this.#unwatched(from, to),
    }
  }

  /** The first and last price of each offer that was on sale in a window. */
  #offersIn(from: number, end: number) {
    return [...this.offers.keys()].flatMap((offer_id) => {
      const prices = within(this.series(offer_id), from, end).flatMap(({ price }) => price ?? [])
      const [first, last] = [prices[0], prices.at(-1)]
      if (first === undefined || last === undefined) return []
      const change_percent = first === 0 ? null : ((last - first) * 100) / first
      return [{ offer_id, first, last, change_percent }]
    })
  }

  /** The spans in which somebody was looking; the last one goes on unless polls fail or stay away. */
  #spans(): Span[] {
    const last = this.#looking.at(-1)
    if (!last || this.#failed || this.#now - last.until > this.#gapMs) return this.#looking
    return [...this.#looking.slice(0, -1), { ...last, until: this.#now }]
  }

  #coverage(from: number, to: number): number {
    if (from === to) {
      return this.#spans().some(({ since, until }) => since <= to && until >= from) ? 1 : 0
    }
    const ms = this.#spans().map((span) => Math.min(span.until, to) - Math.max(span.since, from))
    return ms.reduce((sum, part) => sum + Math.max(0, part), 0) / (to - from)
  }

  /** The parts of a window in which nobody was looking, but for those of less than a thousandth. */
  #unwatched(from: number, to: number) {
    const spans = this.#spans()
    const begins = [from, ...spans.map(({ until }) => until)].filter((at) => {
      const isWatched = spans.some(({ since, until }) => since <= at && at < until)
      return at >= from && at < to && !isWatched
    })
    return [...new Set(begins)].flatMap((at) => {
      const until = Math.min(to, ...spans.flatMap(({ since }) => (since > at ? since : [])))
      return until - at < (to - from) / 1000 ? [] : { from: iso(at), to: iso(until) }
    })
  }

  /** The parts of a window, from the first look on, in which nobody was looking. */
  #gaps(from: number, end: number): Span[] {
    const spans = this.#spans()
    const gaps = spans.map(({ until }, index) => ({
      since: Math.max(until, from),
      until: Math.min(spans[index + 1]?.since ?? this.#now, end),
    }))
    return gaps.filter(({ since, until }) => until > since)
  }

  #look(at: number, failed: boolean): void {
    const last = this.#looking.at(-1)
    if (!failed) {
      if (last && !this.#failed && at - last.until <= this.#gapMs) last.until = at
      else this.#looking.push({ since: at, until: at })
    }
    this.#failed = failed
  }

  #observe(at: number, seen: Seen[]): void {
    for (const { id, price, stock } of seen) {
      const states = this.offers.get(id) ?? []
      const before = states.at(-1)?.now ?? null
      if (before?.price === price && before.stock === stock) continue
      this.offers.set(id, states)
      const lowestPrior = this.#lowestPrior(states, at, price)
      const now = { price, stock, changedAt: at, lowestPrior }
      states.push({ at, now })
      this.#change(at, id, before, now)
    }
    for (const [id, states] of this.offers) {
      const before = states.at(-1)?.now
      if (!before || seen.some((offer) => offer.id === id)) continue
      states.push({ at, now: null })
      this.#change(at, id, before, null)
    }
    this.#updateLowest(at, seen)
  }

  /** The lowest price in stock, with the stock of all offers at that price. */
  #updateLowest(at: number, seen: Seen[]): void {
    const inStock = seen.filter(({ stock }) => stock > 0)
    const lowest = Math.min(...inStock.map(({ price }) => price))
    const cheapest = inStock.filter(({ price }) => price === lowest)
    const price = cheapest[0]?.price ?? null
    const stock = price === null ? null : cheapest.reduce((sum, offer) => sum + offer.stock, 0)
    const before = this.#lowest.at(-1)
    if (before ? before.price === price && before.stock === stock : this.offers.size === 0) return
    this.#lowest.push({ at, price, stock })
  }

  /** `lowest_prior_30d` of an offer with these states that is at this price from `at` on. */
  #lowestPrior(states: State[], at: number, price: number): number | null {
    const last = states.findLast(({ now }) => now)?.now
    if (!last) return null
    if (!states.at(-1)?.now) {
      if (price < last.price) this.returned.lower += 1
      else if (price > last.price) this.returned.higher += 1
      else this.returned.same += 1
    }
    if (price === last.price) return last.lowestPrior
    if (price > last.price) return null
    const offered = states.flatMap(({ now }, index) => {
      const until = states[index + 1]?.at ?? at
      return now && until > at - DAYS_30_MS ? [now.price] : []
    })
    return offered.length > 0 ? Math.min(...offered) : null
  }

  #change(at: number, offer_id: string, before: Standing | null, now: Standing | null): void {
    const head = { at: iso(at), product_id: this.id, offer_id }
    const was = before && {
      previous_price: before.price,
      previous_items_in_stock: before.stock,
    }
    if (!now) this.changes.push({ ...head, type: 'offer.delisted', ...was })
    else if (!before) {
      const { price, stock: items_in_stock } = now
      this.changes.push({ ...head, type: 'offer.listed', price, items_in_stock })
    } else if (before.price === now.price) {
      const stocks = { items_in_stock: now.stock, previous_items_in_stock: before.stock }
      this.changes.push({ ...head, type: 'offer.stock_changed', ...stocks })
    } else {
      const { price, stock: items_in_stock } = now
      this.changes.push({ ...head, type: 'offer.price_changed', price, items_in_stock, ...was })
    }
  }
}
