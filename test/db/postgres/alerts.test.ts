import t, { type Test } from 'tap'
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

/** A product that was polled by one instance, and the poll that finds a price; another instance shares the database. */
async function polledByOne(t: Test) {
  const url = await postgresDatabase(t)
  const one = await instance(t, url)
  const client = await openSession(t, url)
  await one.createProduct({ name: 'Mower' })
  const at = Date.now()
  const [task] = await one.takeRegistrations(at, 1)
  const token = task?.token ?? ''
  await one.settle([{ type: 'registered', token, at }])
  let polls = 0
  const poll = (price: number) => {
    polls += 1
    const offers = [{ id: 'x', price, items_in_stock: 1 }]
    return one.settle([{ type: 'refreshed', token, at: at + polls, dueAt: at, offers }])
  }
  await poll(160)
  const isWaiting = async () => {
    const { rows } = await execute(url, 'SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted')
    return Number(rows[0]?.n)
  }
  return { one, other: await instance(t, url), client, poll, isWaiting }
}

// What was decided by the old rule was kept, so that the alert fired for a product for which it was true already.
for (const table of ['feed', 'listings']) {
  t.test(
    `an alert that is changed while a poll is settled starts anew, ${table} locked`,
    async (t) => {
      const { one, other, client, poll, isWaiting } = await polledByOne(t)
      const { id } = await one.createAlert(BELOW)
      await client.query('BEGIN')
      await client.query(`SELECT FROM ${table} FOR UPDATE`)
      const settled = poll(150)
      await eventually(async () => (await isWaiting()) === 1)
      let isChanged = false
      const condition = { type: 'price_below' as const, price: 200 }
      const changed = other.updateAlert(id, { rule: { condition } }).then(() => {
        isChanged = true
      })
      await eventually(async () => isChanged || (await isWaiting()) === 2)
      await client.query('COMMIT')
      await changed
      t.same(await settled, { refused: [] })
      await poll(140)
      t.same((await one.firings(id, { limit: 9 })).items, [], 'it was below 200 before')
      await poll(250)
      await poll(190)
      t.equal((await one.firings(id, { limit: 9 })).items.length, 1)
    },
  )
}

// The crossing was never told: the poll knew nothing of the alert, and the alert nothing of the poll.
t.test('an alert that is created while a poll is settled fires for what that found', async (t) => {
  const { other, client, poll, isWaiting } = await polledByOne(t)
  await client.query('BEGIN')
  await client.query('SELECT FROM feed FOR UPDATE')
  const settled = poll(90)
  await eventually(async () => (await isWaiting()) === 1)
  const created = other.createAlert({ ...BELOW, rule: { ...BELOW.rule, fire_if_true: true } })
  await eventually(async () => (await isWaiting()) === 2)
  await client.query('COMMIT')
  await settled
  const { id } = await created
  t.match((await other.firings(id, { limit: 9 })).items, [{ price: 90 }])
})
