import { randomUUIDv7 } from 'node:crypto'
import type { Test } from 'tap'
import type { PostgresOptions } from '../../../db/postgres/session.ts'
import { openPostgresStore } from '../../../db/postgres/store.ts'

/** Opens an instance of the service's store on a database; it is closed after the test. */
export async function instance(t: Test, url: string, options: Partial<PostgresOptions> = {}) {
  const store = await openPostgresStore(url, {
    clock: Date.now,
    newId: randomUUIDv7,
    staleAfterMs: 180_000,
    leaseMs: 600_000,
    databaseClock: options.clock ?? Date.now,
    ...options,
  })
  t.teardown(() => store.close())
  return store
}
