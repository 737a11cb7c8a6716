import { randomUUIDv7 } from 'node:crypto'
import type { Test } from 'tap'
import { DEFAULTS } from '../../../db/postgres/config.ts'
import type { PostgresOptions } from '../../../db/postgres/session.ts'
import { openPostgresStore, type PostgresStore } from '../../../db/postgres/store.ts'
import type { Outcome, RefreshTask } from '../../../db/store.ts'
import { execute } from '../../postgres/execute.ts'
import { createAll } from '../create-all.ts'

/** How many products a catalogue has: two of each shard. */
export const PRODUCTS = 512

export const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)

/** Most tests have an instance wait for what they do meanwhile. A busy machine may take its time. */
const PATIENT = { ...DEFAULTS, timeoutMs: 60_000 }

/** Opens an instance of the service's store on a database; it is closed after the test. */
export async function instance(t: Test, url: string, options: Partial<PostgresOptions> = {}) {
  const store = await openPostgresStore(url, {
    clock: Date.now,
    newId: randomUUIDv7,
    staleAfterMs: 180_000,
    leaseMs: 600_000,
    server: PATIENT,
    databaseClock: options.clock ?? Date.now,
    ...options,
  })
  t.teardown(() => store.close())
  return store
}

/** Has each instance renew its lease, as it does by itself after a third of it; twice, for shards to move. */
export async function beat(stores: PostgresStore[]): Promise<void> {
  for (const store of [...stores, ...stores]) await store.renewLease()
}

/** Creates products, has them registered and polled by whoever has to, and gives their ids. */
export async function catalogue(stores: PostgresStore[], products = PRODUCTS): Promise<string[]> {
  const [first] = stores
  const names = Array.from({ length: products }, (_, n) => ({ name: `${n}` }))
  const made = first ? await createAll(first, names) : []
  for (const store of stores) {
    const at = Date.now()
    const tasks = await store.takeRegistrations(Number.POSITIVE_INFINITY, products)
    await store.settle(
      tasks.flatMap(({ token }): Outcome[] => [
        { type: 'registered', token, at },
        { type: 'unchanged', token, at, dueAt: at + 60_000 },
      ]),
    )
  }
  return made.map(({ id }) => id)
}

/** Limits that leave none out. */
export const ALL = { most: 10_000, due: 10_000, early: 10_000 }

/** Takes the polls of all products from each of some instances. */
export async function takeAll(stores: PostgresStore[]) {
  return Promise.all(stores.map((store) => store.takeRefreshes(Date.now(), ALL)))
}

/** Checks that instances were handed out each product once, by any of them. */
export function handedOutOnce(t: Test, taken: RefreshTask[][], ids: string[]): void {
  const found = taken.flat().map(({ id }) => id)
  t.same(found.toSorted(), ids.toSorted())
}

/** Ends the lease of an instance, as time does when it does not renew it. */
export const expire = (url: string, { instanceId }: PostgresStore) =>
  execute(url, `UPDATE instances SET until = '-infinity' WHERE id = '${instanceId}'`)
