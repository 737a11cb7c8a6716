import type { Test } from 'tap'
import { openPostgresStore } from '../../../db/postgres/store.ts'
import type { StoreOptions } from '../../../db/store.ts'
import { postgresDatabase } from '../../postgres/database.ts'
import { storeContract } from '../contract.ts'

async function database(t: Test) {
  const url = await postgresDatabase(t)
  return (options: StoreOptions) =>
    openPostgresStore(url, { ...options, databaseClock: options.clock })
}

storeContract('PostgreSQL', database)
