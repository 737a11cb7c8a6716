import { randomUUIDv7 } from 'node:crypto'
import { openStore } from '../../db/open.ts'
import type { ObservedOffer, Outcome, Store } from '../../db/store.ts'
import { DAY_MS, MINUTE_MS } from '../../history/time.ts'

/** What the clock of the stores says, except while products are created. */
export const NOW = Date.UTC(2026, 5, 15, 13, 30)
export const YEAR_MS = 365 * DAY_MS

const time = { now: NOW }

let seed = 1

/** Returns the next number, from 0 up to 1, of a sequence that is the same in each run (mulberry32). */
export function random(): number {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}
export const randomInt = (below: number) => Math.floor(random() * below)

/** Moves a price by 1 to 2 percent, around 50,000; one step in five also moves the stock. */
export function moved(offer: ObservedOffer): ObservedOffer {
  const direction = random() < offer.price / 100_000 ? -1 : 1
  const price = Math.round(offer.price * (1 + direction * (0.01 + random() / 100)))
  const items_in_stock = random() < 0.2 ? randomInt(300) : offer.items_in_stock
  return { ...offer, price, items_in_stock }
}

/** A product and its offers as last observed. */
export interface Market {
  token: string
  id: string
  offers: ObservedOffer[]
}

export function poll({ token, offers }: Market, at: number): Outcome {
  // Due so late that the service polls nothing.
  return { type: 'refreshed', token, at, dueAt: at + 2 * YEAR_MS, offers }
}

/** Creates registered products at `at`, each with this many offers, none of them observed yet. */
export async function markets(store: Store, products: number, offers: number, at: number) {
  const made: Market[] = []
  time.now = at
  for (let left = products; left > 0; left -= 1000) {
    const names = Array.from({ length: Math.min(left, 1000) }, (_, n) => ({ name: `Product ${n}` }))
    await store.createProducts(names)
    for (const { token, id } of await store.takeRegistrations(Number.POSITIVE_INFINITY, 1000)) {
      const first = () => ({ price: 20_000 + randomInt(60_000), items_in_stock: randomInt(300) })
      const list = Array.from({ length: offers }, () => ({ id: randomUUIDv7(), ...first() }))
      made.push({ token, id, offers: list })
    }
  }
  await store.settle(made.map(({ token }) => ({ type: 'registered', token, at })))
  time.now = NOW
  return made
}

/** Settles the batches in order. Each is made while the previous one is being written. */
export async function settleAll(store: Store, batches: Iterable<Outcome[]>): Promise<void> {
  let before: Promise<unknown> | undefined
  for (const batch of batches) {
    const settled = store.settle(batch)
    await before
    before = settled
  }
  await before
}

/** Yields polls of each product, `stepMs` apart, in batches. Each finds `changing` of its prices moved. */
export function* polls(
  all: Market[],
  from: number,
  until: number,
  stepMs: number,
  changing: number,
) {
  let batch: Outcome[] = []
  for (let at = from; at < until; at += stepMs) {
    for (const market of all) {
      const first = randomInt(market.offers.length)
      market.offers = market.offers.map((offer, index, { length }) =>
        (index - first + length) % length < changing ? moved(offer) : offer,
      )
      batch.push(poll(market, at))
      if (batch.length < 500) continue
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

export interface Opened {
  store: Store
  /** The durations of the commits so far, in ms. */
  commits: number[]
}

export async function opened(path: string): Promise<Opened> {
  const commits: number[] = []
  const store = await openStore(`file:${path}`, {
    clock: () => time.now,
    newId: randomUUIDv7,
    staleAfterMs: 15 * MINUTE_MS,
    observer: {
      committed: (durationMs) => commits.push(durationMs),
      failed(error) {
        throw error
      },
    },
  })
  return { store, commits }
}
