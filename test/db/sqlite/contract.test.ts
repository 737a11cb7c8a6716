import { join } from 'node:path'
import { openStore } from '../../../db/open.ts'
import { temporaryFolder } from '../../helper.ts'
import { storeContract } from '../contract.ts'

storeContract('SQLite', async (t) => {
  const folder = await temporaryFolder(t)
  return (options) => openStore(`file:${join(folder, 'made', 'test.db')}`, options)
})
