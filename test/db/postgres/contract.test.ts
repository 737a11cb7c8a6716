import type { Test } from 'tap'
import { DEFAULTS } from '../../../db/postgres/config.ts'
import { openPostgresStore } from '../../../db/postgres/store.ts'
import type { StoreOptions } from '../../../db/store.ts'
import { postgresDatabase } from '../../postgres/database.ts'
import { storeContract } from '../contract.ts'

/** These tests are about results. A busy machine may take its time. */
const PATIENT = { ...DEFAULTS, timeoutMs: 60_000 }

async function database(t: Test) {
  const url = await postgresDatabase(t)
  return (options: StoreOptions) =>
    openPostgresStore(url, { ...options, databaseClock: options.clock, server: PATIENT })
}

storeContract('PostgreSQL', database)
