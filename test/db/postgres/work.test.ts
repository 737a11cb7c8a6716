import t from 'tap'
import { MINUTE_MS } from '../../../history/time.ts'
import { execute, postgresDatabase } from '../../postgres/database.ts'
import { createAll } from '../create-all.ts'
import { instance } from './instances.ts'

const NOON = Date.UTC(2026, 5, 15, 12)
const ALL = { most: 10, due: 10, early: 10 }

t.test('a product that another instance deleted is not handed out', async (t) => {
  const url = await postgresDatabase(t)
  const store = await instance(t, url, { clock: () => NOON })
  const other = await instance(t, url, { clock: () => NOON })
  const [deleted, kept] = await createAll(store, [{ name: 'a' }, { name: 'b' }])
  const tasks = await store.takeRegistrations(NOON, 2)
  await store.settle(tasks.map(({ token }) => ({ type: 'registered', token, at: NOON })))
  await store.settle(tasks.map(({ token }) => ({ type: 'postponed', token, dueAt: NOON })))
  await other.deleteProduct(deleted?.id ?? '')
  t.match(await store.takeRefreshes(NOON, { most: 1, due: 1, early: 1 }), [{ id: kept?.id }])
  t.equal(await store.share(), 1)
})

t.test('polls that cannot be read are handed out later', async (t) => {
  const url = await postgresDatabase(t)
  const store = await instance(t, url, { clock: () => NOON })
  const { id } = await store.createProduct({ name: 'a' })
  const [task] = await store.takeRegistrations(NOON, 1)
  const token = task?.token ?? ''
  await store.settle([{ type: 'registered', token, at: NOON }])
  await store.settle([{ type: 'postponed', token, dueAt: NOON }])
  await execute(url, 'ALTER TABLE polls RENAME COLUMN answer TO hidden')
  await t.rejects(store.takeRefreshes(NOON, ALL), { message: 'The store is unavailable' })
  await execute(url, 'ALTER TABLE polls RENAME COLUMN hidden TO answer')
  t.match(await store.takeRefreshes(NOON, ALL), [{ id }])
})

t.test('a product that is not registered any more is not forgotten again', async (t) => {
  const store = await instance(t, await postgresDatabase(t), { clock: () => NOON })
  const { id } = await store.createProduct({ name: 'a' })
  const [task] = await store.takeRegistrations(NOON, 1)
  const token = task?.token ?? ''
  const failure = { at: NOON, fault: 'not-found' as const, message: 'gone' }
  await store.settle([
    { type: 'registered', token, at: NOON },
    { type: 'forgotten', token, ...failure, dueAt: NOON + MINUTE_MS },
    { type: 'forgotten', token, ...failure, dueAt: NOON + 2 * MINUTE_MS },
  ])
  t.match(await store.takeRegistrations(NOON + MINUTE_MS, 1), [{ id }])
})

t.test('a store whose tables are incomplete is not opened', async (t) => {
  const url = await postgresDatabase(t)
  await execute(url, 'DELETE FROM feed')
  await t.rejects(instance(t, url), { message: 'The database lacks the row of totals' })
})

t.test('no instance is handed out work while one was asked for a pause', async (t) => {
  const url = await postgresDatabase(t)
  const time = { now: NOON }
  const clock = () => time.now
  const stores = [await instance(t, url, { clock }), await instance(t, url, { clock })] as const
  for (const store of [...stores, ...stores]) await store.renewLease()
  await createAll(
    stores[0],
    Array.from({ length: 512 }, (_, n) => ({ name: `${n}` })),
  )
  const [first, second] = stores
  const registered = await second.takeRegistrations(NOON, 9)
  await second.settle(registered.map(({ token }) => ({ type: 'registered', token, at: NOON })))
  await second.settle(registered.map(({ token }) => ({ type: 'postponed', token, dueAt: NOON })))
  await first.pausePolls({ since: NOON, until: NOON + 2 * MINUTE_MS })
  await second.pausePolls({ since: NOON + 1, until: NOON + MINUTE_MS })
  for (const [minutes, count] of [
    [1, 0],
    [2, 9],
  ] as const) {
    time.now = NOON + minutes * MINUTE_MS
    t.equal((await second.takeRegistrations(time.now, 9)).length, count)
    t.equal((await second.takeRefreshes(time.now, ALL)).length, count)
  }
})
