import t from 'tap'
import { MIGRATION_LOCK } from '../../../db/postgres/advisory-locks.ts'
import { migrate } from '../../../db/postgres/migrate.ts'
import { eventually } from '../../helper.ts'
import { execute, openSession, postgresDatabase } from '../../postgres/database.ts'
import { startNetwork } from '../../postgres/network.ts'
import { instance } from './instances.ts'

t.test('ten instances that start at once on an empty database all serve', async (t) => {
  const url = await postgresDatabase(t, { empty: true })
  const stores = await Promise.all(Array.from({ length: 10 }, () => instance(t, url)))
  await Promise.all(stores.map((store, n) => store.createProduct({ name: `${n}` })))
  t.match(await stores[0]?.totals(), { products: 10 })
})

t.test('an instance that stops while it migrates does not keep others from starting', async (t) => {
  const url = await postgresDatabase(t, { empty: true })
  const network = await startNetwork(t, url)
  const client = await openSession(t, url)
  await client.query('BEGIN')
  await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
  const stopped = t.rejects(migrate(network.url, { maxIdleMs: 3_000 }))
  const waiting = 'SELECT FROM pg_locks WHERE NOT granted'
  await eventually(async () => (await execute(url, waiting)).rows.length > 0)
  network.disturb('freezes')
  await client.query('COMMIT')
  await t.resolves(migrate(url))
  network.heal()
  await stopped
})

const REFUSED: [what: string, change: string, message: RegExp][] = [
  [
    'a newer version that took something away',
    `INSERT INTO migrations VALUES (99, 'x', ${Number.MAX_SAFE_INTEGER}, true)`,
    /written by a newer version of this service, and this one can no longer use it; nothing was changed/,
  ],
  ['another program', "UPDATE migrations SET hash = 'x'", /its migration 1 is not one of this/],
]
for (const [what, change, message] of REFUSED) {
  t.test(`a database of ${what} is refused and not changed`, async (t) => {
    const url = await postgresDatabase(t)
    await execute(url, change)
    const before = await execute(url, 'SELECT * FROM migrations')
    await t.rejects(migrate(url), { message })
    t.same((await execute(url, 'SELECT * FROM migrations')).rows, before.rows)
  })
}

t.test('a database to which a newer version only added can be used', async (t) => {
  const url = await postgresDatabase(t)
  await execute(url, `INSERT INTO migrations VALUES (99, 'x', ${Number.MAX_SAFE_INTEGER})`)
  const before = await execute(url, 'SELECT * FROM migrations')
  const store = await instance(t, url)
  await store.createProduct({ name: 'Ladder' })
  t.match(await store.totals(), { products: 1 })
  t.same((await execute(url, 'SELECT * FROM migrations')).rows, before.rows)
})

t.test('a database of version 0.2.0 can still be used', async (t) => {
  const url = await postgresDatabase(t)
  const made = 'SELECT id, hash, created_at FROM migrations ORDER BY id'
  const before = await execute(url, made)
  await execute(url, 'ALTER TABLE migrations DROP COLUMN contracts')
  await migrate(url)
  t.same((await execute(url, made)).rows, before.rows)
})

t.test('a database with tables of another program is refused', async (t) => {
  const url = await postgresDatabase(t, { empty: true })
  await execute(url, 'CREATE TABLE customers (id integer)')
  await t.rejects(migrate(url), { message: /has tables that do not belong to this service/ })
})
