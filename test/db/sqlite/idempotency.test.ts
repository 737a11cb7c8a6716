import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { openSqliteStore } from '../../../db/sqlite/store.ts'
import { DAY_MS } from '../../../history/time.ts'
import { temporaryFolder } from '../../helper.ts'

t.test('old keys are deleted in steps, and newer ones are kept', async (t) => {
  const path = join(await temporaryFolder(t), 'test.db')
  const now = Date.UTC(2026, 5, 15)
  const store = await openSqliteStore(path, {
    clock: () => now,
    newId: () => '',
    staleAfterMs: 1000,
  })
  t.teardown(() => store.close())
  const db = new Database(path)
  t.teardown(() => db.close())
  const insert = db.prepare("INSERT INTO idempotency_keys VALUES (?, '', ?, '{}')")
  for (let n = 0; n < 500; n++) insert.run(`old ${n}`, now - DAY_MS - 1)
  insert.run('new', now - DAY_MS)
  insert.run('early', now + DAY_MS + 1)
  while (await store.compact({ rollBefore: 0, rawBefore: 0, changesBefore: 0 }));
  t.strictSame(db.prepare('SELECT key FROM idempotency_keys').pluck().all(), ['new'])
})
