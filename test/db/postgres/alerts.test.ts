import t from 'tap'
import { execute, postgresDatabase } from '../../postgres/database.ts'
import { instance } from './instances.ts'

const STALE_MS = 240_000

t.test('an instance that the others have given up tells of no stale product', async (t) => {
  const url = await postgresDatabase(t)
  const time = { now: Date.now() }
  const store = await instance(t, url, { clock: () => time.now })
  const { id } = await store.createProduct({ name: 'Mower' })
  const [task] = await store.takeRegistrations(time.now, 1)
  const token = task?.token ?? ''
  const poll = { token, at: time.now, dueAt: time.now + 1 }
  await store.settle([{ type: 'registered', token, at: time.now }])
  await store.settle([{ type: 'refreshed', ...poll, offers: [] }])
  const condition = { type: 'stale' as const, for_s: STALE_MS / 1000 }
  const rule = { condition, rearm_percent: 0, cooldown_s: 0, fire_if_true: false }
  const alert = await store.createAlert({
    ...{ name: 'a', productId: id, tag: null, rule, enabled: true },
  })
  time.now += STALE_MS + 1
  const firings = async () => (await store.firings(alert.id, { limit: 9 })).items.length

  await execute(url, 'DELETE FROM instances')
  t.equal(await store.fireStale(), false)
  t.equal(await firings(), 0)
  const { refused } = await store.settle([{ type: 'unchanged', ...poll }])
  t.equal(refused.length, 1, 'now it knows')
  t.equal(await store.fireStale(), false)
  t.equal(await firings(), 0)
  t.same(await store.takeWebhooks(), [], 'nor does it deliver to webhooks')

  await store.renewLease()
  await store.fireStale()
  t.equal(await firings(), 1)
})
