import { randomUUIDv7 } from 'node:crypto'
import t, { type Test } from 'tap'
import type { ObservedOffer, Store, StoreOptions } from '../../db/store.ts'
import type { ProductOffers } from '../../schemas/offer.ts'

/** Where a test's database lives: each call opens the same one. */
export type OpenDatabase = (options: StoreOptions) => Promise<Store>

export const INTERVAL = 60_000
export const DAY = 24 * 60 * INTERVAL

/** When the running test begins; each has a day of its own. */
export let START = Date.UTC(2026, 0, 1)

/** A database with a store on it, whose time stands still unless a test moves it. */
async function fixture(t: Test, database: (t: Test) => Promise<OpenDatabase>) {
  const time = { now: START }
  const commits: number[] = []
  const options = {
    clock: () => time.now,
    newId: randomUUIDv7,
    staleAfterMs: 3 * INTERVAL,
    observer: {
      committed: (_durationMs: number, writes: number) => commits.push(writes),
      failed: (error: Error) => t.fail(error),
    },
  }
  const openDatabase = await database(t)
  const open = async () => {
    const store = await openDatabase(options)
    t.teardown(() => store.close())
    return store
  }
  return { store: await open(), open, time, commits }
}

export type Fixture = Awaited<ReturnType<typeof fixture>>

/** Leaves the catalogue empty for the next test. */
async function empty(store: Store): Promise<void> {
  const { items } = await store.products({ sort: 'created_at', words: [], limit: 200 })
  for (const { id } of items) await store.deleteProduct(id)
}

/** An offer as it was observed. */
export const offer = (id: string, price: number, items_in_stock = 1): ObservedOffer => ({
  id,
  price,
  items_in_stock,
})

/** The offers of a product that are on sale now. */
export const offersOf = async (store: Store, id: string): Promise<ProductOffers> =>
  JSON.parse(await store.offers(id))

/** Creates a product that is registered and was polled once, and gives its token and id. */
export async function refreshed(store: Store, name: string, offers: ObservedOffer[], at = START) {
  const { id } = await store.createProduct({ name })
  const [task] = await store.takeRegistrations(Number.POSITIVE_INFINITY, 1)
  if (task?.id !== id) throw new Error('another product was pending')
  const { token } = task
  await store.settle([
    { type: 'registered', token, at },
    { type: 'refreshed', token, at, dueAt: at + INTERVAL, offers },
  ])
  return { id, token }
}

/**
 * The two ways in which the tests of a contract are run. `database` gives a new, empty database that is
 * gone after the test.
 */
export function contractTests(engine: string, database: (t: Test) => Promise<OpenDatabase>) {
  type Body = (t: Test, fixture: Fixture) => Promise<void>
  let shared: Fixture | undefined

  return {
    /** On a catalogue that is empty, in a database that had others; to open one each time is slow. */
    test: (name: string, body: Body) =>
      t.test(`${engine}: ${name}`, async (inner) => {
        shared ??= await fixture(t, database)
        START += DAY
        shared.time.now = START
        shared.commits.length = 0
        await body(inner, shared)
        await empty(shared.store)
      }),

    /** On a new database, for tests that close the store or want what was never there. */
    testAlone: (name: string, body: Body) =>
      t.test(`${engine}: ${name}`, async (t) => body(t, await fixture(t, database))),
  }
}
