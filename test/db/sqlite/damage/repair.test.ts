import { hash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { damageIn } from '../../../../db/sqlite/damage/explain.ts'
import { repair } from '../../../../db/sqlite/damage/repair.ts'
import { soughtWords } from '../../../../search/query.ts'
import { change, storeAt } from '../copies.ts'
import { damage, fullDatabase, treesOf } from './database.ts'

const NOW = new Date('2026-11-22T08:00:00.123Z')

const query = (path: string, sql: string) => {
  const db = new Database(path, { readonly: true })
  try {
    return db.prepare<[], unknown[]>(sql).raw().all()
  } finally {
    db.close()
  }
}

/** A digest of each table that is kept, of all its rows. */
function digestsOf(path: string): [table: string, digest: string][] {
  const names = query(path, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
  const tables = names
    .map(([name]) => String(name))
    .filter((name) => !/^(products_fts|secrets)/.test(name))
  return tables.map((name) => {
    const rows = query(path, `SELECT * FROM ${name} NOT INDEXED`)
    return [name, hash('sha256', JSON.stringify(rows))]
  })
}

t.test('derived data is rebuilt, and nothing else differs', async (t) => {
  const whole = await fullDatabase(t)
  const digests = digestsOf(whole)
  for (const { name, pages } of treesOf(whole)) {
    const path = await fullDatabase(t)
    await damage(
      path,
      pages.map(({ page }) => page),
    )
    if (!damageIn(path).every(({ rebuildable }) => rebuildable)) continue
    const aside = await repair(path, NOW)
    t.equal(aside, `${path}.damaged-20261122T080000Z`, name)
    t.same(damageIn(path), [], name)
    t.same(digestsOf(path), digests, name)
    const files = (await readdir(dirname(path))).filter((file) => file.startsWith('service'))
    t.same(
      files.filter((file) => !/-(wal|shm)$/.test(file)).sort(),
      ['service.db', basename(aside)],
      name,
    )
    t.ok(damageIn(aside).length > 0, 'the damaged one is kept')
  }
})

t.test('a service works with a rebuilt database', async (t) => {
  const path = await fullDatabase(t)
  const damaged =
    /^(idempotency_keys|products_fts_data|products_name|sqlite_sequence|totals|secrets)$/
  for (const { name, pages } of treesOf(path)) {
    if (damaged.test(name))
      await damage(
        path,
        pages.map(({ page }) => page),
      )
  }
  const lastSeq = query(path, 'SELECT max(seq) FROM changes')[0] as [number]
  await repair(path, NOW)
  const store = await storeAt(path)
  t.teardown(() => store.close())
  await store.check()
  const { id } = await store.createProduct({ name: 'after it' })
  t.same(query(path, `SELECT key FROM products WHERE id = '${id}'`), [[151]])
  t.equal(store.lastSeq, lastSeq[0] + 1)
  const found = await store.products({ sort: 'name', words: soughtWords('lawn'), limit: 200 })
  t.equal(found.items.length, 128)
  t.equal((await store.secret('cursors')).length, 32)
})

t.test('the place of the feed is found from its first change', async (t) => {
  const totals = (path: string) => query(path, 'SELECT compacted_seq FROM totals')
  const expected = totals(await fullDatabase(t))
  const path = await fullDatabase(t)
  change(
    path,
    'DELETE FROM totals; INSERT INTO totals (products, pending, registered, offers, compacted_seq) VALUES (0, 0, 0, 0, 0)',
  )
  await repair(path, NOW)
  t.same(totals(path), expected)

  change(path, 'DELETE FROM changes; UPDATE totals SET compacted_seq = 99999, products = 0')
  await repair(path, new Date(0))
  t.same(totals(path), [[99999]], 'of an empty one it is what it was')

  change(
    path,
    `INSERT INTO changes (seq, at, kind, product_key) SELECT 100001, at, 4, key FROM
    (SELECT created_at AS at, key FROM products LIMIT 1); UPDATE totals SET products = 0`,
  )
  await repair(path, new Date(1000))
  t.same(totals(path), [[100000]], 'also where that is of a product')
})

t.test('a database whose last seq is lost is not rebuilt: the feed must go on', async (t) => {
  const path = await fullDatabase(t)
  change(path, 'DELETE FROM changes')
  const tree = treesOf(path).find(({ name }) => name === 'totals')
  await damage(path, tree?.pages.map(({ page }) => page) ?? [])
  await t.rejects(repair(path, NOW), { message: /the number of the last change is lost/ })
  t.ok(damageIn(path).some(({ part }) => part === 'totals'))
})

t.test('the latest writes, which are in the log, are rebuilt and kept, too', async (t) => {
  const path = await fullDatabase(t)
  const db = new Database(path)
  t.teardown(() => db.close())
  db.exec(
    "UPDATE products SET name = 'only in the log' WHERE key = 60; UPDATE totals SET offers = 0",
  )
  const aside = await repair(path, NOW)
  t.same(query(path, 'SELECT name FROM products WHERE key = 60'), [['only in the log']])
  t.same(query(aside, 'SELECT name FROM products WHERE key = 60'), [['only in the log']])
})

t.test('nothing is changed if a lost table cannot be rebuilt from others', async (t) => {
  const path = await fullDatabase(t)
  change(path, 'UPDATE totals SET offers = 0')
  const tree = treesOf(path).find(({ name }) => name === 'history')
  await damage(path, [tree?.pages.at(-1)?.page ?? 0])
  await t.rejects(repair(path, NOW))
  t.same(
    (await readdir(dirname(path))).filter((file) => file.includes('damaged')),
    [],
  )
})

t.test(
  'a rebuilt database that is damaged itself does not take the place of the other',
  async (t) => {
    const path = await fullDatabase(t)
    change(path, 'UPDATE changes SET kind = 77; UPDATE totals SET offers = 0')
    await t.rejects(repair(path, NOW), {
      message: /^it is still damaged: changes \(the change feed\)/,
    })
  },
)

t.test('a database of another schema, or that a service has open, is left alone', async (t) => {
  const path = await fullDatabase(t)
  change(
    path,
    'UPDATE totals SET offers = 0; CREATE INDEX of_another_version ON products (version)',
  )
  await t.rejects(repair(path, NOW), { message: /^it was made by another version of the service/ })
  const store = await storeAt(path)
  t.teardown(() => store.close())
  await t.rejects(repair(path, NOW), { message: /open in another process.*; stop that first$/ })
})
