import { join } from 'node:path'
import type { Test } from 'tap'
import { openStore } from '../../../db/open.ts'
import type { StoreOptions } from '../../../db/store.ts'
import { temporaryFolder } from '../../helper.ts'
import { storeContract } from '../contract.ts'

async function database(t: Test) {
  const folder = await temporaryFolder(t)
  return (options: StoreOptions) => openStore(`file:${join(folder, 'made', 'test.db')}`, options)
}

storeContract('SQLite', database)
