import type { AlertToCreate } from '../../../db/store.ts'
import type { Condition, Rule } from '../../../schemas/alert-rules.ts'
import { toTime } from '../../../schemas/to-time.ts'
import { createAll } from '../create-all.ts'
import { type ContractTests, type Fixture, INTERVAL, offer, refreshed } from '../fixture.ts'
import { firingsOf, polls, rule } from './watched.ts'

const BELOW: Condition = { type: 'price_below', price: 100 }

const alertOf = (tag: string, condition: Condition, more: Partial<Rule> = {}): AlertToCreate => ({
  ...{ name: 'a', productId: null, tag, enabled: true },
  rule: rule(condition, more),
})

/** The ids of the products for which an alert has fired, the first one first. */
async function firedFor({ store }: Fixture, id: string): Promise<string[]> {
  const { items } = await store.firings(id, { limit: 99 })
  return items.map(({ product_id }) => product_id).reverse()
}

/** Creates products with a tag that have been polled once. */
async function createPolled({ store, time }: Fixture, count: number, tag: string): Promise<void> {
  const items = Array.from({ length: count }, (_, n) => ({ name: `${n}`, tags: [tag] }))
  const ids = new Set((await createAll(store, items)).map(({ id }) => id))
  const tasks = await store.takeRegistrations(time.now, 2 * count)
  const poll = { at: time.now, dueAt: time.now + INTERVAL, offers: [offer('x', 90)] }
  const mine = tasks.filter(({ id }) => ids.has(id))
  await store.settle(mine.map(({ token }) => ({ type: 'registered', token, at: time.now })))
  await store.settle(mine.map(({ token }) => ({ type: 'refreshed', token, ...poll })))
}

/** What `db/store.ts` promises of alerts about a tag, as tests for an engine. */
export function tagAlertContract({ test }: ContractTests): void {
  test('an alert that fires for what is true already watches at most 500 products', async (t, f) => {
    const { store } = f
    await createPolled(f, 501, 'many')
    const tooMany = { code: 'TOO_MANY_WATCHED' }
    for (const productsOf of ['many', null]) {
      const alert = { ...alertOf('many', BELOW), tag: productsOf }
      const asked = { ...alert, rule: { ...alert.rule, fire_if_true: true } }
      await t.rejects(store.createAlert(asked), tooMany)
      const { id } = await store.createAlert(alert)
      await t.rejects(store.updateAlert(id, { rule: { fire_if_true: true } }), tooMany)
      await store.deleteAlert(id)
    }
    const { id } = await store.createAlert(alertOf('many', { type: 'stale', for_s: 240 }))
    f.time.now += 9 * INTERVAL
    t.equal(await store.fireStale(), true, '500 at a time')
    t.equal(await store.fireStale(), false)
    t.equal((await store.firings(id, { limit: 999 })).items.length, 501)
    await store.deleteAlert(id)
  })

  test('an alert about a tag watches the products that have it, from then on', async (t, f) => {
    const { store } = f
    const one = await refreshed(store, 'p', [offer('x', 120)])
    const other = await refreshed(store, 'q', [offer('x', 120)])
    await store.updateProduct(one.id, { tags: ['deal', 'x'] })
    await store.updateProduct(other.id, { tags: ['Deal'] })
    const { id } = await store.createAlert(alertOf('deal', BELOW))
    await polls(f, one.token, [90, 80])
    await polls(f, other.token, [90])
    t.strictSame(await firedFor(f, id), [one.id])

    f.time.now += 1
    await store.updateProduct(other.id, { tags: ['deal'] })
    await polls(f, other.token, [95])
    t.strictSame(await firedFor(f, id), [one.id], 'it was below 100 before it got the tag')
    await polls(f, other.token, [120, 90])
    t.strictSame(await firedFor(f, id), [one.id, other.id])
    await store.deleteAlert(id)
  })

  test('a product that lost the tag is watched no more, and anew if it gets it again', async (t, f) => {
    const { store } = f
    const { id: product, token } = await refreshed(store, 'p', [offer('x', 120)])
    await store.updateProduct(product, { tags: ['deal'] })
    const { id } = await store.createAlert(alertOf('deal', BELOW))
    await polls(f, token, [110])
    await store.updateProduct(product, { tags: [] })
    await polls(f, token, [90])
    f.time.now += 1
    await store.updateProduct(product, { tags: ['deal'] })
    await polls(f, token, [85])
    t.strictSame(await firedFor(f, id), [])
    await polls(f, token, [120, 90])
    t.strictSame(await firedFor(f, id), [product])
    await store.deleteAlert(id)
  })

  test('an alert about a tag fires for what is true already if it is asked to', async (t, f) => {
    const { store } = f
    const one = await refreshed(store, 'p', [offer('x', 90)])
    await refreshed(store, 'q', [offer('x', 90)])
    await store.updateProduct(one.id, { tags: ['deal'] })
    const made = await store.createAlert(alertOf('deal', BELOW, { fire_if_true: true }))
    t.strictSame(await firedFor(f, made.id), [one.id])
    await store.deleteAlert(made.id)
  })

  test('an alert that fires for what is true already does so when a product gets its tag', async (t, f) => {
    const { store, time } = f
    const one = await refreshed(store, 'p', [offer('x', 90)])
    const { id: unpolled } = await store.createProduct({ name: 'q' })
    const made = await store.createAlert(alertOf('deal', BELOW, { fire_if_true: true }))
    time.now += 1
    for (const id of [one.id, unpolled]) await store.updateProduct(id, { tags: ['deal', 'x'] })
    const at = toTime(time.now)
    const told = { product_id: one.id, at, price: 90, previous_price: null, reference: 100 }
    t.strictSame(await firingsOf(store, made.id), [told])
    const { items } = await store.changes({ after: store.lastSeq - 3, limit: 9 })
    t.match(items, [{ type: 'product.updated' }, { type: 'alert.fired', at }, {}])
    time.now += 1
    await store.updateProduct(one.id, { tags: ['deal'] })
    await polls(f, one.token, [80, 120])
    t.strictSame(await firingsOf(store, made.id), [told], 'once')
    await store.updateProducts([{ id: one.id, patch: { tags: [] } }])
    await polls(f, one.token, [90])
    await store.updateProducts([{ id: one.id, patch: { tags: ['deal'] } }])
    t.equal((await firingsOf(store, made.id)).length, 2, 'and again when it gets the tag again')
    await store.deleteAlert(made.id)
  })

  test('an alert about a tag tells of its products that became stale', async (t, f) => {
    const { store, time } = f
    const one = await refreshed(store, 'p', [offer('x', 90)])
    const other = await refreshed(store, 'q', [offer('x', 90)])
    await refreshed(store, 'r', [offer('x', 90)])
    await store.updateProduct(one.id, { tags: ['deal'] })
    const { id } = await store.createAlert(alertOf('deal', { type: 'stale', for_s: 600 }))
    time.now += 20 * INTERVAL
    await store.updateProduct(other.id, { tags: ['deal'] })
    while (await store.fireStale());
    t.strictSame(await firedFor(f, id), [one.id], 'the other one was stale before it got the tag')
    await store.deleteAlert(id)
  })
}
