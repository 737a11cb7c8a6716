/** No statement takes longer the more products there are. */
import t, { type Test } from 'tap'
import { connectionConfig } from '../../../db/postgres/config.ts'
import { GroupCommit } from '../../../db/postgres/group-commit.ts'
import { saveCredentials } from '../../../db/postgres/operations/work.ts'
import { MINUTE_MS } from '../../../history/time.ts'
import { eventually } from '../../helper.ts'
import { execute, postgresDatabase } from '../../postgres/database.ts'
import { instance } from './instances.ts'

const NOON = Date.UTC(2026, 5, 15, 12)
const PRODUCTS = 2_500
const TOKEN = { account: 'a', accessToken: '1', expiresAt: null }
const ALL = { most: PRODUCTS, due: PRODUCTS, early: PRODUCTS }
const LONGEST = { registration: 5 * MINUTE_MS, refresh: MINUTE_MS }

/** The columns of a product that is registered, rejected, or whose registration failed. */
const REGISTRATIONS = {
  registered: `'registered', NULL, ${NOON}, 0`,
  rejected: `'rejected', NULL, NULL, 1`,
  failed: `'pending', ${NOON + MINUTE_MS}, NULL, 1`,
}

/** A database with many products, none of whose tables lets a statement change more than a thousand rows. */
async function manyProducts(t: Test, state: keyof typeof REGISTRATIONS): Promise<string> {
  const url = await postgresDatabase(t)
  const counted =
    state === 'rejected' ? '' : `, ${state === 'failed' ? 'pending' : state} = ${PRODUCTS}`
  await execute(
    url,
    `INSERT INTO products (id, name, name_key, description, terms, created_at, updated_at,
       registration, register_at, registered_at, registration_failures)
     SELECT n, '', '', '', '', 0, 0, ${REGISTRATIONS[state]} FROM generate_series(1, ${PRODUCTS}) AS n;
     INSERT INTO polls (product_key, due_at)
     SELECT key, CASE WHEN registered_at IS NOT NULL THEN ${NOON + MINUTE_MS} + key END FROM products;
     INSERT INTO listings (product_key) SELECT key FROM products;
     UPDATE feed SET products = ${PRODUCTS} ${counted};
     CREATE FUNCTION refuse_many() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF (SELECT count(*) FROM changed) > 1000 THEN RAISE 'too many rows at once'; END IF;
       RETURN NULL;
     END $$;
     CREATE TRIGGER refuse_many AFTER UPDATE ON products REFERENCING NEW TABLE AS changed
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_many();
     CREATE TRIGGER refuse_many AFTER UPDATE ON polls REFERENCING NEW TABLE AS changed
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_many();`,
  )
  return url
}

for (const state of ['registered', 'rejected', 'failed'] as const) {
  t.test(`all products can be registered again with another token: ${state}`, async (t) => {
    const store = await instance(t, await manyProducts(t, state), { clock: () => NOON })
    t.ok(await store.saveCredentials(TOKEN, null))
    t.ok(await store.saveCredentials({ ...TOKEN, accessToken: '2' }, TOKEN, { at: NOON }))
    t.match(await store.credentials(), { accessToken: '2' })
    t.match(await store.totals(), { products: PRODUCTS, pending: PRODUCTS, registered: 0 })
    t.same(await store.takeRefreshes(NOON, ALL), [])
    t.equal((await store.takeRegistrations(NOON, PRODUCTS)).length, PRODUCTS)
  })
}

t.test('a reregistration that was interrupted is finished before work is handed out', async (t) => {
  const url = await manyProducts(t, 'registered')
  const store = await instance(t, url, { clock: () => NOON + MINUTE_MS })
  const writer = new GroupCommit(connectionConfig(url), { changed: () => {} })
  t.ok(await writer.call(saveCredentials(TOKEN, null, { at: NOON })))
  await writer.close()
  t.same(await store.takeRefreshes(NOON + 2 * MINUTE_MS, ALL), [])
  t.same(await store.takeRegistrations(Number.POSITIVE_INFINITY, PRODUCTS), [])
  await store.renewLease()
  await eventually(async () => (await store.totals()).registered === 0)
  t.equal((await store.takeRegistrations(NOON, PRODUCTS)).length, PRODUCTS)
})

t.test('a reregistration that cannot continue keeps the saved token', async (t) => {
  const url = await manyProducts(t, 'registered')
  const store = await instance(t, url, { clock: () => NOON })
  await execute(url, 'ALTER TABLE polls RENAME TO hidden')
  t.ok(await store.saveCredentials(TOKEN, null, { at: NOON }))
  t.same(await store.credentials(), TOKEN)
  await execute(url, 'ALTER TABLE hidden RENAME TO polls')
  await store.renewLease()
  await eventually(async () => (await store.totals()).pending === PRODUCTS)
})

t.test('all failed registrations can be made due', async (t) => {
  const store = await instance(t, await manyProducts(t, 'failed'), { clock: () => NOON })
  await store.expediteRegistrations(NOON)
  t.equal((await store.takeRegistrations(NOON, PRODUCTS)).length, PRODUCTS)
})

t.test('all registrations are due by now after the clock was put back', async (t) => {
  const now = NOON - 60 * MINUTE_MS
  const store = await instance(t, await manyProducts(t, 'failed'), { clock: () => now })
  await store.correctDueTimes(now, LONGEST)
  t.equal((await store.takeRegistrations(now, PRODUCTS)).length, PRODUCTS)
})

t.test('all polls are due by now, in their order, after the clock was put back', async (t) => {
  const now = NOON - 60 * MINUTE_MS
  const store = await instance(t, await manyProducts(t, 'registered'), { clock: () => now })
  await store.correctDueTimes(now, LONGEST)
  const ids = (await store.takeRefreshes(now, ALL)).map(({ id }) => Number(id))
  t.equal(ids.length, PRODUCTS)
  t.same(
    ids,
    ids.toSorted((a, b) => a - b),
  )
})
