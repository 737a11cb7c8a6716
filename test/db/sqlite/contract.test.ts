import { join } from 'node:path'
import type { Test } from 'tap'
import { openStore } from '../../../db/open.ts'
import type { StoreOptions } from '../../../db/store.ts'
import { temporaryFolder } from '../../helper.ts'
import { storeContract } from '../contract.ts'
import { externalIdContract } from '../external-id-contract.ts'
import { historyContract } from '../history-contract.ts'
import { searchContract } from '../search-contract.ts'
import { staleContract } from '../stale-contract.ts'

async function database(t: Test) {
  const folder = await temporaryFolder(t)
  return (options: StoreOptions) => openStore(`file:${join(folder, 'made', 'test.db')}`, options)
}

storeContract('SQLite', database)
historyContract('SQLite', database)
staleContract('SQLite', database)
searchContract('SQLite', database)
externalIdContract('SQLite', database)
