import t from 'tap'
import { eventually } from '../../helper.ts'
import { execute, postgresDatabase } from '../../postgres/database.ts'
import { instance } from './instances.ts'

t.test('of ten instances that need a token at once, only one requests it', async (t) => {
  const url = await postgresDatabase(t)
  const stores = await Promise.all(Array.from({ length: 10 }, () => instance(t, url)))
  let asked = 0
  const renewed = await Promise.all(
    stores.map((store) =>
      store.renewAlone(async () => {
        if (await store.credentials()) return // Its turn came after another instance was done.
        asked += 1
        const credentials = { account: 'a', accessToken: `${asked}`, expiresAt: null }
        return store.saveCredentials(credentials, null)
      }),
    ),
  )
  t.equal(asked, 1)
  t.same(
    renewed.filter((saved) => saved !== undefined),
    [true],
  )
  const seen = await Promise.all(stores.map((store) => store.credentials()))
  t.same(new Set(seen.map((credentials) => credentials?.accessToken)), new Set(['1']))
})

t.test('an instance that died while it asked is waited for no longer than its claim', async (t) => {
  const url = await postgresDatabase(t)
  const store = await instance(t, url)
  await execute(url, "INSERT INTO claims VALUES ('token', clock_timestamp() + interval '12 s')")
  const refused = store.renewAlone(async () => 'asked')
  const looks =
    'SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE \'%AS "isClaimed"\''
  await eventually(async () => (await execute(url, looks)).rows.length > 0)
  await execute(url, "UPDATE claims SET until = clock_timestamp() + interval '200 ms'")
  t.equal(await refused, undefined)
  t.equal(await store.renewAlone(async () => 'asked'), 'asked')
})

t.test('a claim from before the database’s clock was put back no longer counts', async (t) => {
  const url = await postgresDatabase(t)
  const store = await instance(t, url)
  await execute(url, "INSERT INTO claims VALUES ('token', clock_timestamp() + interval '1 day')")
  t.equal(await store.renewAlone(async () => 'asked'), 'asked')
})

t.test('an instance that took too long leaves the claim to the next one', async (t) => {
  const url = await postgresDatabase(t)
  const store = await instance(t, url)
  const claims = async () => (await execute(url, 'SELECT FROM claims')).rows.length
  await store.renewAlone(() => execute(url, "UPDATE claims SET until = until + interval '1 ms'"))
  t.equal(await claims(), 1)
  await execute(url, 'DELETE FROM claims')
  await store.renewAlone(async () => t.equal(await claims(), 1))
  t.equal(await claims(), 0)
})

t.test('a claim that cannot be released ends by itself', async (t) => {
  const url = await postgresDatabase(t)
  const store = await instance(t, url)
  const renew = async () => {
    await execute(url, 'ALTER TABLE claims RENAME TO hidden')
    return 'asked'
  }
  t.equal(await store.renewAlone(renew), 'asked')
})
