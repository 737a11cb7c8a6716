import t from 'tap'
import { newAlertRow } from '../../../db/encoding/alerts.ts'
import { connectionConfig } from '../../../db/postgres/config.ts'
import { GroupCommit, type Transaction } from '../../../db/postgres/group-commit.ts'
import { AlertLog, selectRevision } from '../../../db/postgres/operations/alert-log.ts'
import { createAlert } from '../../../db/postgres/operations/alerts.ts'
import { readOne } from '../../../db/postgres/reader.ts'
import { eventually } from '../../helper.ts'
import { execute, openSession, postgresDatabase } from '../../postgres/database.ts'
import { instance } from './instances.ts'

const STALE_MS = 240_000

const BELOW = {
  ...{ name: 'a', productId: null, tag: null, enabled: true },
  rule: {
    condition: { type: 'price_below' as const, price: 100 },
    ...{ rearm_percent: 0, cooldown_s: 0, fire_if_true: false },
  },
}

t.test('an instance that lost its lease fires no alerts about stale products', async (t) => {
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

// The settling of polls failed from then on, because of an alert that there was not.
t.test('an alert whose creation is rolled back is not cached for another one', async (t) => {
  const url = await postgresDatabase(t)
  const other = await instance(t, url)
  const writer = new GroupCommit(connectionConfig(url), { changed: () => {} })
  t.teardown(() => writer.close())
  const log = new AlertLog(STALE_MS)
  const live = async (transaction: Transaction) =>
    log.live(transaction, (await readOne(transaction, selectRevision)).revision)
  const undone = writer.call(async (transaction) => {
    await createAlert(log, newAlertRow('undone', BELOW, 0))(transaction)
    t.match((await live(transaction)).of(1), [{ id: 'undone' }])
    throw new TypeError('no')
  })
  await t.rejects(undone)
  const { id } = await other.createAlert(BELOW)
  t.match((await writer.call(live)).of(1), [{ id }])
})

t.test('a poll is settled also if an alert about it is deleted meanwhile', async (t) => {
  const url = await postgresDatabase(t)
  const store = await instance(t, url)
  const client = await openSession(t, url)
  await store.createProduct({ name: 'Mower' })
  const at = Date.now()
  const [task] = await store.takeRegistrations(at, 1)
  const token = task?.token ?? ''
  const offers = [{ id: 'x', price: 90, items_in_stock: 1 }]
  await store.settle([{ type: 'registered', token, at }])
  await store.createAlert(BELOW)
  await client.query('BEGIN')
  await client.query('DELETE FROM alerts')
  await client.query('UPDATE alert_revision SET revision = revision + 1')
  const settled = store.settle([{ type: 'refreshed', token, at, dueAt: at, offers }])
  const waiting = 'SELECT FROM pg_locks WHERE NOT granted'
  await eventually(async () => (await execute(url, waiting)).rows.length > 0)
  await client.query('COMMIT')
  t.same(await settled, { refused: [] })
  t.match(await store.totals(), { offers: 1 })
})
