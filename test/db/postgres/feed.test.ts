import t from 'tap'
import { connectionConfig, DEFAULTS } from '../../../db/postgres/config.ts'
import { FeedWatch } from '../../../db/postgres/feed-watch.ts'
import { readFeed } from '../../../db/postgres/history/feed.ts'
import { Notifications } from '../../../db/postgres/notifications.ts'
import { Reader } from '../../../db/postgres/reader.ts'
import type { Change } from '../../../schemas/change.ts'
import { eventually } from '../../helper.ts'
import { execute, postgresDatabase } from '../../postgres/database.ts'
import { instance } from './instances.ts'

t.test('the feed of several writers has neither gaps nor late arrivals', async (t) => {
  const url = await postgresDatabase(t)
  const writers = [await instance(t, url), await instance(t, url)]
  const reader = await instance(t, url)
  const total = 400
  let writing = true
  async function follow(): Promise<Change[]> {
    const seen: Change[] = []
    for (let after = 0, last = false; !last; ) {
      last = !writing
      const page = await reader.changes({ after, limit: 1_000 })
      seen.push(...page.items)
      after = page.lastSeq
    }
    return seen
  }
  const following = follow()
  await Promise.all(
    Array.from({ length: total }, async (_, n) => {
      await writers[n % writers.length]?.createProduct({ name: `${n}` })
    }),
  )
  writing = false
  const seen = await following
  t.same(
    seen.map(({ seq }) => seq),
    Array.from({ length: total }, (_, n) => n + 1),
  )
})

t.test('a page ends before changes that leave the feed while it is read', async (t) => {
  const url = await postgresDatabase(t)
  const store = await instance(t, url)
  await store.createProducts(Array.from({ length: 600 }, (_, n) => ({ name: `${n}` })))
  const reader = new Reader(connectionConfig(url), 1)
  t.teardown(() => reader.close())
  let pages = 0
  const compacted = await readFeed(
    {
      query: (statement, values) => reader.query(statement, values),
      async snapshot(read) {
        pages += 1
        const compact = 'UPDATE feed SET compacted_seq = 550; DELETE FROM changes WHERE seq <= 550'
        if (pages === 2) await execute(url, compact)
        return reader.snapshot(read)
      },
    },
    { after: 0, limit: 1_000 },
  )
  t.match(compacted, { items: { length: 500 }, lastSeq: 500 })
  await t.rejects(store.changes({ after: 500, limit: 1 }), { code: 'CHANGES_COMPACTED' })
  t.equal((await store.changes({ limit: 1_000 })).items.length, 50)
})

for (const listen of [true, false]) {
  const how = listen ? 'is told' : 'finds out'
  t.test(`an instance ${how} what others have committed`, async (t) => {
    const url = await postgresDatabase(t)
    const server = { ...DEFAULTS, listen }
    const [writer, listener] = [
      await instance(t, url, { server }),
      await instance(t, url, { server }),
    ]
    const heard: number[] = []
    listener.onChanges((lastSeq) => heard.push(lastSeq))
    await writer.createProducts([{ name: 'a' }, { name: 'b' }])
    t.equal(writer.lastSeq, 2)
    await eventually(() => listener.lastSeq === 2)
    t.equal(heard.at(-1), 2)
  })
}

// It never looked while the server refused the connection on which it listens, because that was one too many.
t.test('an instance that cannot listen finds out what others have committed', async (t) => {
  const url = await postgresDatabase(t)
  const writer = await instance(t, url)
  const reader = new Reader(connectionConfig(url), 1)
  t.teardown(() => reader.close())
  const nowhere = connectionConfig('postgres://127.0.0.1:1/none')
  const watch = new FeedWatch(reader, nowhere, (error) => t.fail(error.message))
  t.teardown(() => watch.close())
  await writer.createProduct({ name: 'a' })
  t.ok(await eventually(() => watch.lastSeq === 1))
})

t.test('a feed that is shorter than it was is reported, once', async (t) => {
  const url = await postgresDatabase(t)
  const errors: Error[] = []
  const observer = { committed() {}, failed: (error: Error) => errors.push(error) }
  const store = await instance(t, url, { observer })
  await store.createProducts([{ name: 'a' }, { name: 'b' }, { name: 'c' }])
  await execute(url, 'UPDATE feed SET seq = 1; DELETE FROM changes WHERE seq > 1')
  await eventually(() => errors.length > 0)
  t.match(errors, [{ message: /lacks changes that it had before: those from 2 to 3\./ }])
  await store.createProduct({ name: 'd' })
  t.equal(store.lastSeq, 2)
  t.equal(errors.length, 1)
})

t.test('a listener is notified, also after the connection was lost', async (t) => {
  const url = await postgresDatabase(t)
  const reader = new Reader(connectionConfig(url), 1)
  t.teardown(() => reader.close())
  let times = 0
  const notifications = new Notifications(reader, connectionConfig(url), () => {
    times += 1
  })
  t.teardown(() => notifications.close())
  await notifications.listen()
  await notifications.listen()
  notifications.notify()
  await eventually(() => times === 1)
  await execute(
    url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND query LIKE 'LISTEN %'`,
  )
  await eventually(async () => {
    await notifications.listen()
    notifications.notify()
    notifications.notify()
    return times > 1
  })
})

t.test('of two instances that save a token at once, one succeeds', async (t) => {
  const url = await postgresDatabase(t)
  const stores = [await instance(t, url), await instance(t, url)]
  const saved = await Promise.all(
    stores.map((store, n) =>
      store.saveCredentials({ account: 'a', accessToken: `${n}`, expiresAt: null }, null),
    ),
  )
  t.same(saved.toSorted(), [false, true])
  const kept = await Promise.all(stores.map((store) => store.credentials()))
  t.same(kept[0], kept[1])
  const secrets = await Promise.all(stores.map((store) => store.secret('cursors')))
  t.same(secrets[0], secrets[1])
})
