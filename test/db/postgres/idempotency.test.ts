import t from 'tap'
import { DAY_MS } from '../../../history/time.ts'
import { execute, openSession, postgresDatabase } from '../../postgres/database.ts'
import { instance } from './instances.ts'

const KEY = { key: 'k', request: 'r' }

t.test('a request is refused while another instance carries out the first one', async (t) => {
  const url = await postgresDatabase(t)
  const store = await instance(t, url)
  const other = await openSession(t, url)
  await other.query('BEGIN')
  await other.query("SELECT pg_advisory_xact_lock(hashtextextended('k', 0))")
  await t.rejects(store.createProduct({ name: 'a' }, { once: KEY }), {
    code: 'IDEMPOTENCY_KEY_IN_USE',
    message: /is still running; send this one again in a second/,
  })
  await other.query('ROLLBACK')
  t.match(await store.createProduct({ name: 'a' }, { once: KEY }), { name: 'a' })
})

t.test('an instance returns the result of a request that another one carried out', async (t) => {
  const url = await postgresDatabase(t)
  const [first, second] = [await instance(t, url), await instance(t, url)]
  const created = await first.createProduct({ name: 'a' }, { once: KEY })
  t.strictSame(await second.createProduct({ name: 'a' }, { once: KEY }), created)
  t.match(await second.totals(), { products: 1 })
})

t.test('old keys are deleted in steps, and newer ones are kept', async (t) => {
  const url = await postgresDatabase(t)
  const now = Date.UTC(2026, 5, 15)
  const store = await instance(t, url, { clock: () => now })
  await execute(
    url,
    `INSERT INTO idempotency_keys
     SELECT 'old ' || n, '', ${now - DAY_MS - 1}, '{}' FROM generate_series(1, 500) AS n
     UNION ALL SELECT 'new', '', ${now - DAY_MS}, '{}' UNION ALL SELECT 'early', '', ${now + DAY_MS + 1}, '{}'`,
  )
  while (await store.compact({ rollBefore: 0, rawBefore: 0, changesBefore: 0 }));
  t.match((await execute(url, 'SELECT key FROM idempotency_keys')).rows, [{ key: 'new' }])
})
