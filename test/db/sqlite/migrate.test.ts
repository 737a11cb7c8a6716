import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { encodePastPrices } from '../../../db/encoding/past-prices.ts'
import { openStore } from '../../../db/open.ts'
import { HOUR_MS } from '../../../history/time.ts'
import { toTime } from '../../../schemas/to-time.ts'
import { temporaryFolder } from '../../helper.ts'
import { offer, offersOf } from '../fixture.ts'
import { databaseAfter } from './old-database.ts'

t.test('offers that had a row each keep their values, and are updated from then on', async (t) => {
  const path = await databaseAfter(t, 3)
  const hour = Math.floor(Date.UTC(2026, 5, 1, 7) / HOUR_MS)
  const [seen, changed, gone, now] = [1, 2, 3, 4].map((n) => (hour + n) * HOUR_MS + n) as [
    ...[number, number, number, number],
  ]
  const past = Buffer.from(encodePastPrices([{ hour: hour - 1, price: 450 }]), 'hex')
  const id = '01970000-0000-7000-8000-000000000001'
  const db = new Database(path)
  db.exec(`
    INSERT INTO products (key, id, name, name_key, description, created_at, updated_at, registration)
      VALUES (7, '${id}', 'a', 'a', '', ${seen}, ${seen}, 'registered');
    INSERT INTO products_fts (rowid, name, description) VALUES (7, 'a', '');
    UPDATE totals SET products = 1, registered = 1;
    INSERT INTO refreshes (product_key, due_at, checked_at, offers_count, lowest_price, covered_since)
      VALUES (7, ${now}, ${gone}, 3, 300, ${seen});
  `)
  const insert = db.prepare('INSERT INTO offers VALUES (7, ?, ?, ?, 1, ?, ?, ?, ?, ?)')
  insert.run(1, 'dear', 500, seen, changed, null, null, past)
  insert.run(2, 'a "quoted" \\ 🚲', 300, seen, seen, null, 290, Buffer.alloc(0))
  insert.run(3, 'gone', 700, seen, changed, gone, null, past)
  insert.run(4, 'b', 500, changed, changed, null, 450, past)
  db.close()

  const open = () =>
    openStore(`file:${path}`, { clock: () => now, newId: () => '', staleAfterMs: 10 * HOUR_MS })
  const store = await open()
  t.teardown(() => store.close())
  const [first_seen_at, changed_at] = [toTime(seen), toTime(changed)]
  const shown = { items_in_stock: 1, first_seen_at }
  const cheap = {
    id: 'a "quoted" \\ 🚲',
    price: 300,
    changed_at: first_seen_at,
    lowest_prior_30d: 290,
  }
  const b = { id: 'b', price: 500, changed_at, lowest_prior_30d: 450 }
  const dear = { id: 'dear', price: 500, changed_at, lowest_prior_30d: null }
  const before = [
    { ...shown, ...cheap },
    { ...shown, ...b, first_seen_at: changed_at },
    { ...shown, ...dear },
  ]
  t.strictSame(await offersOf(store, id), { items: before, checked_at: toTime(gone), stale: false })
  t.match(await store.totals(), { products: 1, offers: 3 })

  const same = [offer(cheap.id, 300), offer('b', 500), offer('dear', 500)]
  const [task] = await store.takeRefreshes(now, { most: 9, due: 9, early: 9 })
  const token = task?.token ?? ''
  const poll = { type: 'refreshed', token, at: now, dueAt: now + 1, answer: 'x' } as const
  await store.settle([{ ...poll, offers: same }])
  t.strictSame((await offersOf(store, id)).items, before)
  t.equal(store.lastSeq, 0)

  await store.settle([{ ...poll, offers: [offer('gone', 600), offer('dear', 480)] }])
  const at = toTime(now)
  t.strictSame((await offersOf(store, id)).items, [
    { ...shown, ...dear, price: 480, changed_at: at, lowest_prior_30d: 450 },
    { ...shown, id: 'gone', price: 600, changed_at: at, lowest_prior_30d: 450 },
  ])
  t.match(await store.totals(), { offers: 2 })
  await store.deleteProduct(id)
  t.match(await store.totals(), { products: 0, offers: 0 })
})

/** What can be wrong with the history of a database, what makes it so, and what is said about it. */
const HISTORIES: [what: string, sql: string, said: RegExp][] = [
  [
    'no list of migrations',
    'DROP TABLE __drizzle_migrations',
    /its list .* cannot be read \(no such/,
  ],
  [
    'a list in another form',
    'ALTER TABLE __drizzle_migrations RENAME COLUMN hash TO checksum',
    /its list of migrations cannot be read \(no such column: hash\)/,
  ],
  ['an empty list', 'DELETE FROM __drizzle_migrations', /its list of migrations is empty/],
  [
    'a migration that is not known',
    "UPDATE __drizzle_migrations SET hash = 'x' WHERE rowid = 2",
    /its migration 2 is not one of this service/,
  ],
  [
    'a migration from another time',
    'UPDATE __drizzle_migrations SET created_at = created_at - 1 WHERE rowid = 2',
    /its migration 2 is not one of this service/,
  ],
  [
    'no first migration',
    'DELETE FROM __drizzle_migrations WHERE rowid = 1',
    /its migration 1 is not one of this service/,
  ],
  [
    'a migration twice',
    'INSERT INTO __drizzle_migrations SELECT * FROM __drizzle_migrations WHERE rowid = 1',
    /its migration 2 is not one of this service/,
  ],
  [
    'migrations in another order',
    `UPDATE __drizzle_migrations SET hash =
       (SELECT hash FROM __drizzle_migrations other WHERE other.rowid = 3 - __drizzle_migrations.rowid)
     WHERE rowid < 3`,
    /its migration 1 is not one of this service/,
  ],
  [
    'a migration of a newer version',
    "INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('x', 99999999999999)",
    /it was written by a newer version of this service; nothing was changed$/,
  ],
  ['no table of products', 'DROP TABLE products', /it has no table products;/],
  [
    'only the mark of the service',
    `DROP TABLE __drizzle_migrations; PRAGMA writable_schema = ON; DELETE FROM sqlite_schema`,
    /its list of migrations cannot be read/,
  ],
  ['the mark of another program', 'PRAGMA application_id = 1', /it is not a database of this serv/],
]
for (const [what, sql, said] of HISTORIES) {
  for (const migrations of [2, 4]) {
    t.test(`a database of ${migrations} migrations with ${what} is left as it is`, async (t) => {
      const path = await databaseAfter(t, migrations)
      const db = new Database(path).unsafeMode()
      db.pragma('foreign_keys = OFF')
      db.exec(sql)
      db.close()
      const before = await readFile(path)
      const opening = openStore(`file:${path}`, {
        clock: () => 0,
        newId: () => '',
        staleAfterMs: 1,
      })
      const error = await opening.then(() => undefined, String)
      t.match(error, said)
      t.notMatch(error, /SELECT|CREATE|INSERT/, 'a sentence and not SQL')
      t.ok(before.equals(await readFile(path)))
      t.notOk((await readdir(join(path, '..'))).includes('test.db-wal'))
    })
  }
}

t.test('a start recovers from one that was killed before its first migration', async (t) => {
  const path = await databaseAfter(t, 0)
  const db = new Database(path)
  t.strictSame(db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all(), [
    '__drizzle_migrations',
  ])
  db.close()
  const store = await openStore(`file:${path}`, {
    clock: () => 0,
    newId: () => 'a',
    staleAfterMs: 1,
  })
  await store.createProduct({ name: 'a' })
  await store.close()
})

for (const [what, sql] of [
  ['an empty database that bears the mark of another program', 'PRAGMA application_id = 7'],
  ['a database with a view alone', 'CREATE VIEW v AS SELECT 1'],
]) {
  t.test(`${what} is refused`, async (t) => {
    const path = join(await temporaryFolder(t), 'test.db')
    const db = new Database(path)
    db.exec(String(sql))
    db.close()
    await t.rejects(
      openStore(`file:${path}`, { clock: () => 0, newId: () => 'a', staleAfterMs: 1 }),
      { message: /it is not a database of this service$/ },
    )
  })
}

t.test('a product older than external ids has none, and can get one', async (t) => {
  const path = await databaseAfter(t, 7)
  const db = new Database(path)
  db.exec(`INSERT INTO products (id, name, name_key, description, created_at, updated_at)
             VALUES ('old', 'a', 'a', 'b', 5, 6);
           INSERT INTO refreshes (product_key) VALUES (1);
           UPDATE totals SET products = 1, pending = 1`)
  db.close()
  const store = await openStore(`file:${path}`, {
    clock: () => 10,
    newId: () => 'new',
    staleAfterMs: 1,
  })
  t.teardown(() => store.close())
  const product = await store.product('old')
  t.match(product, { name: 'a', description: 'b', external_id: null, version: 1 })
  t.equal(product.updated_at, '1970-01-01T00:00:00.006Z')
  await store.updateProduct('old', { external_id: 'x' })
  t.equal((await store.productByExternalId('x')).id, 'old')
  await t.rejects(store.createProduct({ name: 'b', external_id: 'x' }), {
    code: 'EXTERNAL_ID_TAKEN',
  })
})
