import type { AlertToCreate } from '../../../db/store.ts'
import type { Condition, Rule } from '../../../schemas/alert-rules.ts'
import { toTime } from '../../../schemas/to-time.ts'
import { type ContractTests, DAY, INTERVAL, offer, refreshed } from '../fixture.ts'
import { feed } from './observed.ts'
import { firingsOf, polls, previewed, rule, seen } from './watched.ts'

const BELOW: Condition = { type: 'price_below', price: 100 }

const alertOf = (productId: string | null, watched: Rule): AlertToCreate => ({
  ...{ name: 'a', productId, tag: null, rule: watched, enabled: true },
})

/** Alerts: what they are, and when they fire. */
export function alertContract({ test, testAlone }: ContractTests): void {
  test('an alert is created, changed, listed and deleted', async (t, f) => {
    const { store, time } = f
    const { id } = await refreshed(store, 'p', [offer('x', 120)])
    const made = await store.createAlert(alertOf(id, rule(BELOW)))
    t.match(made, {
      name: 'a',
      product_id: id,
      tag: null,
      ...rule(BELOW),
      enabled: true,
      last_fired_at: null,
    })
    t.same(await store.alert(made.id), made)
    time.now += INTERVAL
    const changed = await store.updateAlert(made.id, { name: 'b', rule: { cooldown_s: 5 } })
    t.same(changed, { ...made, name: 'b', cooldown_s: 5, updated_at: toTime(time.now) })
    const second = await store.createAlert(alertOf(null, rule(BELOW)))
    t.same(await store.alerts({ limit: 1 }), [changed])
    t.same(await store.alerts({ limit: 9, after: made.id }), [second])
    await store.deleteAlert(second.id)
    for (const call of [
      () => store.alert(second.id),
      () => store.firings(second.id, { limit: 1 }),
      () => store.updateAlert(second.id, { name: 'c' }),
      () => store.deleteAlert(second.id),
    ]) {
      await t.rejects(async () => void (await call()), { code: 'ALERT_NOT_FOUND' })
    }
    await t.rejects(store.createAlert(alertOf(second.id, rule(BELOW))), {
      code: 'PRODUCT_NOT_FOUND',
    })
    await store.deleteProduct(id)
    t.same(await store.alerts({ limit: 9 }), [], 'goes with its product')
  })

  testAlone('an alert is created, and fires, once for a key', async (t, { store }) => {
    const { id } = await refreshed(store, 'p', [offer('x', 90)])
    const send = (price = 100, productId = id) => {
      const watched = rule({ type: 'price_below', price }, { fire_if_true: true })
      return store.createAlert(alertOf(productId, watched), { key: 'k', request: `${price}` })
    }
    await t.rejects(send(100, 'none'), { code: 'PRODUCT_NOT_FOUND' })
    const [first, ...others] = await Promise.all([send(), send(), send(), send()])
    const { lastSeq } = store
    t.match(first, { last_fired_at: String })
    await store.updateAlert(first.id, { name: 'b' })
    for (const other of [...others, await send()]) t.same(other, first)
    t.equal(store.lastSeq, lastSeq)
    t.equal((await store.alerts({ limit: 9 })).length, 1)
    await t.rejects(send(101), { code: 'IDEMPOTENCY_KEY_REUSED' })
  })

  test('a firing is a change in the feed, right after the price that it saw', async (t, f) => {
    const { store } = f
    const { id, token } = await refreshed(store, 'p', [offer('x', 120)])
    const { id: alert_id } = await store.createAlert(alertOf(id, rule(BELOW)))
    await polls(f, token, [120])
    const after = store.lastSeq
    await polls(f, token, [90, 80, 'fails', 80])
    const at = toTime(f.start + 2 * INTERVAL)
    t.match(await feed(store, after), [
      { seq: after + 1, type: 'offer.price_changed', price: 90 },
      {
        seq: after + 2,
        at,
        type: 'alert.fired',
        product_id: id,
        alert_id,
        price: 90,
        previous_price: 120,
        reference: 100,
      },
      { seq: after + 3, type: 'offer.price_changed', price: 80 },
    ])
    const { items } = await store.changes({ after, type: 'alert.fired', limit: 9 })
    t.equal(items.length, 1)
    t.same(await firingsOf(store, alert_id), [
      { product_id: id, at, price: 90, previous_price: 120, reference: 100 },
    ])
    t.equal((await store.alert(alert_id)).last_fired_at, at)
  })

  test('an alert that is disabled, deleted or about another product does not fire', async (t, f) => {
    const { store } = f
    const { id, token } = await refreshed(store, 'p', [offer('x', 120)])
    const other = await refreshed(store, 'q', [offer('x', 120)])
    const made = await store.createAlert(alertOf(other.id, rule(BELOW)))
    const disabled = await store.createAlert({ ...alertOf(id, rule(BELOW)), enabled: false })
    const deleted = await store.createAlert(alertOf(id, rule(BELOW)))
    const tagged = await store.createAlert({ ...alertOf(null, rule(BELOW)), tag: 'none has this' })
    await store.deleteAlert(deleted.id)
    await polls(f, token, [90, 120])
    for (const alert of [made, disabled, tagged]) t.same(await firingsOf(store, alert.id), [])
    await store.updateAlert(disabled.id, { enabled: true })
    await polls(f, token, [90])
    t.equal((await firingsOf(store, disabled.id)).length, 1)
    await store.deleteAlert(tagged.id)
  })

  test('an alert fires for what is true already only if it is asked to', async (t, f) => {
    const { store } = f
    const { id, token } = await refreshed(store, 'p', [offer('x', 90)])
    const quiet = await store.createAlert(alertOf(id, rule(BELOW)))
    const asked = await store.createAlert(alertOf(null, rule(BELOW, { fire_if_true: true })))
    t.same(await firingsOf(store, quiet.id), [])
    const at = toTime(f.time.now)
    const told = { product_id: id, at, price: 90, previous_price: null, reference: 100 }
    t.same(await firingsOf(store, asked.id), [told])
    await polls(f, token, [80, 120, 90])
    t.equal((await firingsOf(store, quiet.id)).length, 1)
    t.equal((await firingsOf(store, asked.id)).length, 2)
    f.time.now += INTERVAL
    await store.updateAlert(quiet.id, { rule: { fire_if_true: true } })
    t.equal((await firingsOf(store, quiet.id)).length, 2, 'another rule starts it anew')
    await store.deleteAlert(asked.id)
  })

  test('no firing is older than its alert, also of a poll that was under way', async (t, f) => {
    const { store } = f
    const { id, token } = await refreshed(store, 'p', [offer('x', 120)])
    f.time.now += INTERVAL + 1
    const made = await store.createAlert(alertOf(id, rule(BELOW)))
    await store.settle([seen(token, f.start + INTERVAL, 90)])
    await polls(f, token, [80])
    t.same(await firingsOf(store, made.id), [])
    await polls(f, token, [120, 90])
    t.equal((await firingsOf(store, made.id)).length, 1)
    t.same(
      await firingsOf(store, made.id),
      await previewed(f, id, rule(BELOW), f.start + INTERVAL + 1),
    )
  })

  testAlone(
    'what is true already is told of the price of now, if its history lies in the future',
    async (t, f) => {
      const { store, time } = f
      const { id, token } = await refreshed(store, 'p', [offer('x', 120)])
      time.now += 2 * DAY
      await polls(f, token, [90])
      time.now = f.start
      const quiet = await store.createAlert(alertOf(id, rule(BELOW)))
      const asked = await store.createAlert(alertOf(id, rule(BELOW, { fire_if_true: true })))
      t.match(await firingsOf(store, asked.id), [{ at: toTime(time.now), price: 90 }])
      await polls(f, token, [80])
      t.same(await firingsOf(store, quiet.id), [], 'it was true at the creation')
      await polls(f, token, [120, 90])
      t.equal((await firingsOf(store, quiet.id)).length, 1)
      t.equal((await firingsOf(store, asked.id)).length, 2)
      await polls(f, token, [120])
      time.now += INTERVAL + 1
      const late = await store.createAlert(alertOf(id, rule(BELOW)))
      await store.settle([seen(token, time.now - 1, 90)])
      t.same(await firingsOf(store, late.id), [], 'its poll was under way at the creation')
    },
  )

  testAlone(
    'an alert cools down by the clock, also if it was put back behind the history',
    async (t, f) => {
      const { store, time } = f
      const { id, token } = await refreshed(store, 'p', [offer('x', 120)])
      const { id: alert } = await store.createAlert(alertOf(id, rule(BELOW, { cooldown_s: 600 })))
      time.now += 2 * DAY
      await polls(f, token, [90, 120])
      time.now = f.start
      const count = async () => (await firingsOf(store, alert)).length
      t.equal(await count(), 1)
      await polls(f, token, [90, 120])
      t.equal(await count(), 2, 'that in the future does not count')
      await polls(f, token, [90, 120])
      t.equal(await count(), 2, 'it cools down')
      time.now += 600_000
      await polls(f, token, [90])
      t.equal(await count(), 3)
    },
  )

  test('an alert that fires for what is true already waits for a product never polled', async (t, f) => {
    const { store } = f
    const { id } = await store.createProduct({ name: 'p' })
    const made = await store.createAlert(alertOf(id, rule(BELOW, { fire_if_true: true })))
    t.same(await firingsOf(store, made.id), [])
    const stale = rule({ type: 'stale', for_s: 240 }, { fire_if_true: true })
    const unpolled = await store.createAlert(alertOf(id, stale))
    f.time.now += 9 * INTERVAL
    await store.fireStale()
    t.same(await firingsOf(store, unpolled.id), [])
  })

  test('an alert about all products fires for one that is new', async (t, f) => {
    const { store } = f
    const made = await store.createAlert(alertOf(null, rule(BELOW)))
    const asked = await store.createAlert(alertOf(null, rule(BELOW, { fire_if_true: true })))
    f.time.now += INTERVAL
    const { token } = await refreshed(store, 'p', [offer('x', 90)])
    t.same(await firingsOf(store, made.id), [], 'not at the first observation')
    t.equal((await firingsOf(store, asked.id)).length, 1)
    await polls(f, token, [120, 90])
    t.equal((await firingsOf(store, made.id)).length, 1)
    for (const { id } of [made, asked]) await store.deleteAlert(id)
  })

  for (const tag of [null, 'deal']) {
    testAlone(
      `the first change after the clock was put back is told, ${tag ?? 'no tag'}`,
      async (t, f) => {
        const { store, time } = f
        const { id, token } = await refreshed(store, 'p', [offer('x', 120)])
        time.now += 2 * DAY
        await store.updateProduct(id, { tags: ['deal'] })
        const { id: alert } = await store.createAlert({ ...alertOf(null, rule(BELOW)), tag })
        time.now = f.start
        await polls(f, token, [90])
        t.match(await firingsOf(store, alert), [{ price: 90, previous_price: 120 }])
      },
    )

    test(`a product that is stale already is told also if the clock was put back, ${tag ?? 'no tag'}`, async (t, f) => {
      const { store, time } = f
      const { id } = await refreshed(store, 'p', [offer('x', 90)])
      time.now += 60 * INTERVAL
      await store.updateProduct(id, { tags: ['deal'] })
      const stale = rule({ type: 'stale', for_s: 240 }, { fire_if_true: true })
      const made = await store.createAlert({ ...alertOf(null, stale), tag })
      time.now -= 30 * INTERVAL
      t.equal(await store.fireStale(), false)
      t.match(await firingsOf(store, made.id), [{ product_id: id, at: toTime(time.now) }])
      time.now += 60 * INTERVAL
      await store.fireStale()
      t.equal((await firingsOf(store, made.id)).length, 1, 'once')
      await store.deleteAlert(made.id)
    })
  }

  test('a product that becomes stale fires once, also if nobody looked in time', async (t, f) => {
    const { store, time } = f
    const { id, token } = await refreshed(store, 'p', [offer('x', 90)])
    const made = await store.createAlert(alertOf(id, rule({ type: 'stale', for_s: 240 })))
    t.equal(await store.fireStale(), false)
    time.now = f.start + 4 * INTERVAL
    await store.fireStale()
    t.same(await firingsOf(store, made.id), [])
    time.now += 1
    await store.fireStale()
    await store.fireStale()
    const hours = async () =>
      (await firingsOf(store, made.id)).map(({ at }) => (Date.parse(at) - f.start) / INTERVAL)
    t.same(await hours(), [4])
    await polls(f, token, [90, 90])
    time.now += 9 * INTERVAL
    await polls(f, token, [90])
    t.equal((await hours()).length, 2, 'the next poll finds it')
    await store.fireStale()
    t.equal((await hours()).length, 2)
  })
}
