import type { Test } from 'tap'
import { openPostgresStore } from '../../../db/postgres/store.ts'
import type { StoreOptions } from '../../../db/store.ts'
import { postgresDatabase } from '../../postgres/database.ts'
import { storeContract } from '../contract.ts'
import { externalIdContract } from '../external-id-contract.ts'
import { historyContract } from '../history-contract.ts'
import { searchContract } from '../search-contract.ts'
import { staleContract } from '../stale-contract.ts'

async function database(t: Test) {
  const url = await postgresDatabase(t)
  return (options: StoreOptions) => openPostgresStore(url, options)
}

storeContract('PostgreSQL', database)
historyContract('PostgreSQL', database)
staleContract('PostgreSQL', database)
searchContract('PostgreSQL', database)
externalIdContract('PostgreSQL', database)
