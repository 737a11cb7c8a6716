import { randomUUIDv7 } from 'node:crypto'
import t, { type Test } from 'tap'
import type { ObservedOffer, Store, StoreOptions } from '../../db/store.ts'
import type { ProductOffers } from '../../schemas/offer.ts'
import { once } from '../helper.ts'

/** Where a test's database lives: each call opens the same one. */
export type OpenDatabase = (options: StoreOptions) => Promise<Store>

export const INTERVAL = 60_000
export const DAY = 24 * 60 * INTERVAL

/** When the first test on a database begins. */
const FIRST_START = Date.UTC(2026, 0, 1)

/** A database with a store on it. Its clock stands at `start`, unless a test moves it. */
async function fixture(t: Test, database: (t: Test) => Promise<OpenDatabase>) {
  const start = FIRST_START
  const time = { now: start }
  const commits: number[] = []
  const options = {
    clock: () => time.now,
    newId: randomUUIDv7,
    staleAfterMs: 3 * INTERVAL,
    readyBytes: 2 ** 20,
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
  return { store: await open(), open, time, commits, start }
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

/** Creates a product that is registered and was polled once, when it was created or `at`; gives its token and id. */
export async function refreshed(store: Store, name: string, offers: ObservedOffer[], at?: number) {
  const { id, created_at } = await store.createProduct({ name })
  const [task] = await store.takeRegistrations(Number.POSITIVE_INFINITY, 1)
  if (task?.id !== id) throw new Error('another product was pending')
  const { token } = task
  const polledAt = at ?? Date.parse(created_at)
  await store.settle([
    { type: 'registered', token, at: polledAt },
    { type: 'refreshed', token, at: polledAt, dueAt: polledAt + INTERVAL, offers },
  ])
  return { id, token }
}

/** A test of a contract. */
type ContractTest = (name: string, body: (t: Test, fixture: Fixture) => Promise<void>) => void

export interface ContractTests {
  /** Runs a test on a catalogue that is empty, in a database that earlier tests used: opening one each time is slow. */
  test: ContractTest
  /** Runs a test on a new database, for tests that close the store or need what no test did before. */
  testAlone: ContractTest
}

/** The two ways to run the tests of a contract. `database` makes a new, empty database that is deleted after the test. */
export function contractTests(
  engine: string,
  database: (t: Test) => Promise<OpenDatabase>,
): ContractTests {
  const openShared = () => once(() => fixture(t, database))
  const state = { shared: openShared(), days: 0 }

  return {
    test(name, body) {
      void t.test(`${engine}: ${name}`, async (t) => {
        const { store, time, commits, ...rest } = await state.shared()
        // Each test has a day of its own, later than all before: creation times never step back.
        state.days += 1
        const start = FIRST_START + state.days * DAY
        time.now = start
        commits.length = 0
        try {
          await body(t, { ...rest, store, time, commits, start })
          await empty(store)
        } catch (error) {
          state.shared = openShared() // What this test left behind would fail all that follow.
          throw error
        }
      })
    },
    testAlone(name, body) {
      void t.test(`${engine}: ${name}`, async (t) => body(t, await fixture(t, database)))
    },
  }
}
