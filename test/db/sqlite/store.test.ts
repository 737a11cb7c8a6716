import { once } from 'node:events'
import { readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { openStore } from '../../../db/open.ts'
import { temporaryFolder } from '../../helper.ts'

const options = { clock: Date.now, newId: () => crypto.randomUUID(), staleAfterMs: 1000 }

async function databaseFile(t: Test) {
  const path = join(await temporaryFolder(t), 'test.db')
  const store = await openStore(`file:${path}`, options)
  await store.createProduct({ name: 'a' })
  await store.close()
  return path
}

t.test('a closed database is one file, whole and in WAL mode', async (t) => {
  const path = await databaseFile(t)
  const db = new Database(path)
  t.teardown(() => db.close())
  t.equal(db.pragma('integrity_check', { simple: true }), 'ok')
  t.equal(db.pragma('journal_mode', { simple: true }), 'wal')
  t.equal(db.pragma('auto_vacuum', { simple: true }), 2, 'incremental')
  t.same(db.pragma('foreign_key_check'), [])
})

t.test('every table is strict', async (t) => {
  const db = new Database(await databaseFile(t))
  t.teardown(() => db.close())
  const loose = db
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict " +
        "AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'products_fts%'",
    )
    .pluck()
    .all()
  t.same(loose, ['__drizzle_migrations'], 'but the one that drizzle makes')
})

t.test('a database of a newer version is refused and left as it was', async (t) => {
  const path = await databaseFile(t)
  const db = new Database(path)
  db.exec("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('x', 99999999999999)")
  db.close()
  const before = await readFile(path)
  await t.rejects(openStore(`file:${path}`, options), {
    message:
      `The database file:${path} cannot be opened: it was written by a newer version of this ` +
      'service; nothing was changed',
  })
  t.same(await readFile(path), before)
})

t.test('a database of another program is refused and left as it was', async (t) => {
  const path = join(await temporaryFolder(t), 'test.db')
  const db = new Database(path)
  db.exec('CREATE TABLE products (id)')
  db.close()
  const before = await readFile(path)
  await t.rejects(openStore(`file:${path}`, options), {
    message: /it is not a database of this service$/,
  })
  t.same(await readFile(path), before)
})

t.test('a file that is not a database is refused and not changed', async (t) => {
  const path = join(await temporaryFolder(t), 'test.db')
  await writeFile(path, 'This is a letter, not a database. '.repeat(100))
  await t.rejects(openStore(`file:${path}`, options), { message: /file is not a database\n/ })
  t.match(await readFile(path, 'utf8'), /^This is a letter/)
})

t.test('an empty file becomes a database', async (t) => {
  const path = join(await temporaryFolder(t), 'test.db')
  await writeFile(path, '')
  const store = await openStore(`file:${path}`, options)
  t.equal((await store.totals()).products, 0)
  await store.close()
})

t.test('a folder that cannot be made is named', async (t) => {
  const path = join(await temporaryFolder(t), 'file')
  await writeFile(path, '')
  await t.rejects(openStore(`file:${path}/sub/test.db`, options), {
    message: new RegExp(`^The database file:${path}/sub/test.db cannot be opened: ENOTDIR`),
  })
})

t.test('an operation that fails does not fail those that share its commit', async (t) => {
  const path = join(await temporaryFolder(t), 'test.db')
  const ids = ['a', 'b', 'a', 'c']
  const store = await openStore(`file:${path}`, { ...options, newId: () => ids.shift() ?? '' })
  t.teardown(() => store.close())
  const writes = Array.from({ length: 4 }, () => store.createProduct({ name: 'x' }))
  const results = await Promise.allSettled(writes)
  t.same(
    results.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  )
  t.equal((await store.totals()).products, 3)
})

t.test('a store whose row of totals is gone says that it does not work', async (t) => {
  const path = await databaseFile(t)
  const db = new Database(path)
  db.exec('DELETE FROM totals')
  db.close()
  const store = await openStore(`file:${path}`, options)
  t.teardown(() => store.close())
  await t.rejects(store.check(), {
    message: /^The database is damaged; stop the service and run "npm run verify"/,
  })
})

t.test('a store whose file was taken away says that it does not work', async (t) => {
  const path = await databaseFile(t)
  const store = await openStore(`file:${path}`, options)
  t.teardown(() => store.close())
  await rename(path, `${path}.old`)
  await t.rejects(store.check(), { message: 'The store is unavailable' })
  await writeFile(path, '')
  await t.rejects(store.check(), { message: 'The store is unavailable' })
})

t.test('the file is for its owner alone', async (t) => {
  t.equal((await stat(await databaseFile(t))).mode & 0o777, 0o600)
})

t.test('writes fail, and none hangs, when the writer has died', async (t) => {
  const path = join(await temporaryFolder(t), 'test.db')
  const started = once(process, 'worker')
  const store = await openStore(`file:${path}`, options)
  t.teardown(() => store.close())
  const [writer] = (await started) as [Worker]
  const write = store.createProduct({ name: 'a' })
  await writer.terminate()
  await t.rejects(write, { message: 'The store is unavailable' })
  await t.rejects(store.check(), { message: 'The store is unavailable' })
})
