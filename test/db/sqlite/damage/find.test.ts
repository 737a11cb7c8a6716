import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { linesOf } from '../../../../db/damage.ts'
import { damageIn } from '../../../../db/sqlite/damage/explain.ts'
import { DAMAGES, damage, firstFreePage, fullDatabase, treesOf } from './database.ts'

/** All other names with an underscore are those of indexes. */
const TABLES_WITH_UNDERSCORES = /^(__drizzle.*|deleted_products|alert_states|alert_firings)$/

/** What can be rebuilt from the rest: all indexes, and what is in these tables. */
const DERIVED =
  /^(__drizzle_migrations|idempotency_keys|product_tags|products_fts_.*|secrets|sqlite_sequence|totals)$/

t.test('nothing is found in an undamaged database', async (t) => {
  const progress: number[] = []
  t.same(
    damageIn(await fullDatabase(t), (done, total) => progress.push(done / total)),
    [],
  )
  t.same(progress.toSorted(), progress)
  t.equal(progress.at(-1), 1)
})

t.test('nothing is found in hours whose stock an earlier version did not keep', async (t) => {
  const path = await fullDatabase(t)
  changed(path, 'UPDATE rollups SET stocks = NULL')
  t.same(damageIn(path), [])
})

for (const [how, change] of Object.entries(DAMAGES)) {
  t.test(`every table and index is named if its first page has ${how}`, async (t) => {
    for (const { name, pages } of treesOf(await fullDatabase(t))) {
      const path = await fullDatabase(t)
      await damage(path, [pages[0]?.page ?? 0], change)
      const found = damageIn(path)
      t.ok(
        found.some(({ part }) => part === name),
        `${name}: ${linesOf(found).join('\n')}`,
      )
    }
  })
}

t.test('what can be rebuilt is distinguished from what cannot', async (t) => {
  for (const { name, pages } of treesOf(await fullDatabase(t))) {
    const path = await fullDatabase(t)
    await damage(
      path,
      pages.map(({ page }) => page),
    )
    const isIndex = /_|products_name/.test(name) && !TABLES_WITH_UNDERSCORES.test(name)
    const rebuildable = isIndex || DERIVED.test(name)
    t.equal(
      damageIn(path).every((finding) => finding.rebuildable),
      rebuildable,
      name,
    )
  }
})

/** Changes to rows, each with what is found then; SQLite itself finds nothing wrong with them. */
const CHANGES: [sql: string, found: string][] = [
  ['UPDATE totals SET products = products + 1', 'totals: its counts are wrong'],
  ['DELETE FROM totals', 'totals: 0 rows instead of one'],
  [
    'DELETE FROM product_tags WHERE product_key = 60',
    'product_tags: its tags differ from those of the products',
  ],
  [
    "UPDATE products SET tags = '[]' WHERE key = 60",
    'product_tags: its tags differ from those of the products',
  ],
  ['UPDATE sqlite_sequence SET seq = 3', 'sqlite_sequence: lower than a key in use'],
  [
    "INSERT INTO products_fts (rowid, terms) VALUES (1000, 'word')",
    'products_fts: its words differ from those of the products',
  ],
  [
    'DELETE FROM products_fts WHERE rowid = 60',
    'products_fts: its words differ from those of the products',
  ],
  [
    "UPDATE products SET name_key = 'a' WHERE key = 60",
    'products_name: its order differs from that of the names',
  ],
  ['DELETE FROM refreshes WHERE product_key = 140', 'refreshes: a product has no row'],
  [
    'PRAGMA foreign_keys = OFF; INSERT INTO coverage VALUES (9999, 1, 2, 1)',
    'coverage: rows that belong to no product',
  ],
  ["UPDATE history SET polls = x'ffff'", 'history: A number ends too soon'],
  ["UPDATE history SET polls = x'ffffffff7f'", 'history: A number ends too soon'],
  ['UPDATE history SET until = until + 1', 'history: A chunk of the history has the wrong end'],
  ["UPDATE rollups SET hours = x'21010101'", 'rollups: A number ends too soon'],
  ["UPDATE rollups SET hours = x'210101010101'", 'rollups: A number ends too soon'],
  ["UPDATE rollups SET stocks = x'05'", 'rollups: A number ends too soon'],
  ["UPDATE changes SET offers = x'05' WHERE kind = 0", 'changes: A number ends too soon'],
  ['UPDATE changes SET offers = NULL WHERE kind = 0', 'changes: Expected bytes'],
  ["UPDATE changes SET tags = '{}'", 'changes: Expected a JSON array'],
  ['UPDATE changes SET kind = 77', 'changes: A change has an unknown kind'],
  ["UPDATE listings SET offers = '{}'", 'listings: Expected a JSON array'],
  ["UPDATE listings SET offers = '[]'", 'listings: The offers on sale lack their internals'],
  ["UPDATE offers SET past_prices = 'ff'", 'offers: A number ends too soon'],
  ["UPDATE deleted_products SET offers = '['", 'deleted_products: Unexpected end of JSON input'],
]

function changed(path: string, sql: string): void {
  const db = new Database(path)
  db.exec(sql)
  db.close()
}

for (const [sql, expected] of CHANGES) {
  t.test(`found beyond the checks of SQLite: ${expected}, after ${sql}`, async (t: Test) => {
    const path = await fullDatabase(t)
    changed(path, sql)
    const found = damageIn(path).map(({ part, detail }) => `${part}: ${detail}`)
    t.ok(found.includes(expected), found.join('\n'))
  })
}

t.test('a damaged list of free pages is found, and can be rebuilt', async (t) => {
  const path = await fullDatabase(t)
  await damage(path, [await firstFreePage(path)], DAMAGES.noise)
  t.match(damageIn(path), [{ part: 'free pages', means: 'no data', rebuildable: true }])
})

t.test('an index that does not fit its table is named', async (t) => {
  const path = await fullDatabase(t)
  const db = new Database(path).unsafeMode()
  db.pragma('writable_schema = ON')
  db.exec(`UPDATE sqlite_schema SET sql = 'CREATE INDEX products_name ON products (name)'
    WHERE name = 'products_name'`)
  db.close()
  t.match(damageIn(path), [{ part: 'products_name', detail: /missing from index products_name/ }])
})

t.test('an unreadable schema, and a file that is not a database, are reported', async (t) => {
  const path = await fullDatabase(t)
  await damage(path, [1])
  t.match(damageIn(path), [{ part: 'sqlite_schema', detail: 'file is not a database' }])
  t.match(damageIn(`${path}.missing`), [{ part: 'sqlite_schema', detail: /unable to open/ }])
})
