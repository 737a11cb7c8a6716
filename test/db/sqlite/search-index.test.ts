import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { openStore } from '../../../db/open.ts'
import { damageIn } from '../../../db/sqlite/damage/explain.ts'
import { bringUpToDate, indexAll, isIndexed } from '../../../db/sqlite/search-index.ts'
import type { StoreObserver } from '../../../db/store.ts'
import { soughtWords } from '../../../search/query.ts'
import { FOLDING } from '../../../search/version.ts'
import { temporaryFolder } from '../../helper.ts'
import { databaseAfter } from './old-database.ts'

/** So many are indexed in one transaction. */
const BATCH = 2000

const NAMES = ['Wi-Fi 10', 'Łódź', 'wifi 9', '東京都']

/** A database as the migrations before the one of the search leave it, with these products. */
async function oldDatabase(t: Test, names = NAMES): Promise<string> {
  const path = await databaseAfter(t, 6)
  const db = new Database(path)
  const insert = db.prepare(
    `INSERT INTO products (id, name, name_key, description, created_at, updated_at)
     VALUES (?, ?, lower(?), 'Old text', 0, 0)`,
  )
  const insertWords = db.prepare(
    'INSERT INTO products_fts (rowid, name, description) VALUES (?, ?, ?)',
  )
  const insertRefresh = db.prepare('INSERT INTO refreshes (product_key) VALUES (?)')
  db.transaction(() => {
    for (const name of names) {
      const { lastInsertRowid: key } = insert.run(randomUUIDv7(), name, name)
      insertWords.run(key, name, 'Old text')
      insertRefresh.run(key)
    }
    db.prepare('UPDATE totals SET products = ?, pending = ?').run(names.length, names.length)
  })()
  db.close()
  return path
}

async function open(t: Test, path: string, observer?: Partial<StoreObserver>) {
  const store = await openStore(`file:${path}`, {
    clock: () => 1000,
    newId: randomUUIDv7,
    staleAfterMs: 1,
    observer: { committed() {}, failed() {}, ...observer },
  })
  t.teardown(() => store.close())
  return {
    store,
    search: async (query: string) => {
      const { items } = await store.products({
        sort: 'name',
        words: soughtWords(query),
        limit: 10_000,
      })
      return items.map(({ name }) => name)
    },
  }
}

t.test('products of an older version are found and sorted as new ones are', async (t) => {
  const progress: number[][] = []
  const path = await oldDatabase(t)
  t.same(damageIn(path), [], 'the old index counts as whole')
  const { store, search } = await open(t, path, {
    indexing: (...done) => progress.push(done),
  })
  t.same(await search('wifi'), ['wifi 9', 'Wi-Fi 10'])
  t.same(await search('lodz old'), ['Łódź'])
  t.same(await search('京'), ['東京都'])
  t.same(progress, [[4, 4]])
  const [first] = (await store.products({ sort: 'name', words: [], limit: 1 })).items
  await store.updateProduct(String(first?.id), { name: 'Hammer' })
  t.same(await search('hammer'), ['Hammer'])
  await store.deleteProduct(String(first?.id))
  t.same(await search('hammer'), [])
  t.same(damageIn(path), [])
})

t.test('what is indexed is not indexed again', async (t) => {
  const path = await oldDatabase(t)
  await (await open(t, path)).store.close()
  await open(t, path, { indexing: () => t.fail('it was indexed again') })
})

t.test('a new database has nothing to index, and says nothing of it', async (t) => {
  const path = join(await temporaryFolder(t), 'new.db')
  const { search } = await open(t, path, { indexing: () => t.fail('there are no products') })
  t.same(await search('a'), [])
})

const MANY = Array.from({ length: 2 * BATCH + 1 }, (_, n) => `Wi-Fi ${n}`)

t.test('many products are indexed in steps, which continue after an interruption', async (t) => {
  const path = await oldDatabase(t, MANY)
  const { store } = await open(t, path) // Migrates.
  await store.close()
  const db = new Database(path)
  t.teardown(() => db.close())
  db.exec('UPDATE search_state SET folding = 0')
  const steps = indexAll(db)
  t.equal(steps.next().value, BATCH)
  t.notOk(isIndexed(db))
  t.same(db.prepare('SELECT * FROM search_state').all(), [
    { key: 1, folding: FOLDING, done_key: BATCH },
  ])
  t.same(damageIn(path), [], 'a database that is not done yet counts as whole')
  const progress: number[][] = []
  await bringUpToDate(path, (...done) => progress.push(done))
  t.same(progress, [
    [BATCH, BATCH + 1],
    [BATCH + 1, BATCH + 1],
  ])
  t.same([...indexAll(db)], [], 'nothing is left to do')
  const { search } = await open(t, path)
  t.same(await search('wifi'), MANY)
  t.same(damageIn(path), [])
})

for (const [what, sql] of [
  ['another version', `UPDATE search_state SET folding = ${FOLDING + 1}`],
  ['another version that was not done', `UPDATE search_state SET folding = 7, done_key = 3`],
  ['nobody knows which version', 'DELETE FROM search_state'],
]) {
  t.test(`products that were indexed by ${what} are indexed again`, async (t) => {
    const path = await oldDatabase(t)
    await (await open(t, path)).store.close()
    const db = new Database(path)
    db.exec(`${sql}; UPDATE products SET name_key = 'x';
      INSERT INTO products_fts (products_fts) VALUES ('delete-all');
      INSERT INTO products_fts (rowid, terms) VALUES (1, 'foreign')`)
    db.close()
    const { search } = await open(t, path)
    t.same(await search('wifi'), ['wifi 9', 'Wi-Fi 10'])
    t.same(await search('foreign'), [])
    t.same(damageIn(path), [])
  })
}

t.test('the full-text index is merged into few segments in the background', async (t) => {
  const path = join(await temporaryFolder(t), 'test.db')
  let now = 0
  const store = await openStore(`file:${path}`, {
    clock: () => now,
    newId: randomUUIDv7,
    staleAfterMs: 1,
  })
  t.teardown(() => store.close())
  for (let n = 0; n < 40; n++) await store.createProduct({ name: `product ${n}` })
  const db = new Database(path, { readonly: true })
  t.teardown(() => db.close())
  const segments = db.prepare('SELECT count(DISTINCT segid) FROM products_fts_idx').pluck()
  const before = Number(segments.get())
  const nothing = { rollBefore: 0, rawBefore: 0, changesBefore: 0 }
  for (let second = 1; second < 60; second++) {
    now = second * 1000
    await store.compact(nothing)
  }
  t.ok(Number(segments.get()) < before)
  const { items } = await store.products({
    sort: 'created_at',
    words: soughtWords('product'),
    limit: 99,
  })
  t.equal(items.length, 40)
})
