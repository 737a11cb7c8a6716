import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { openStore } from '../../../db/open.ts'
import { DAY_MS } from '../../../history/time.ts'
import { temporaryFolder } from '../../helper.ts'
import { incompleteExtremes } from '../incomplete-extremes.ts'

incompleteExtremes('SQLite', async (t, start) => {
  const path = join(await temporaryFolder(t), 'test.db')
  const time = { now: start }
  const store = await openStore(`file:${path}`, {
    clock: () => time.now,
    newId: randomUUIDv7,
    staleAfterMs: 3 * DAY_MS,
  })
  t.teardown(() => store.close())
  return {
    store,
    time,
    async execute(sql) {
      const db = new Database(path)
      db.exec(sql.replace('{table}', 'refreshes'))
      db.close()
      await nextTurn() // Until then the store reads what it has begun to read.
    },
  }
})
