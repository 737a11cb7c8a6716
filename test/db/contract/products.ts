import { randomUUIDv7 } from 'node:crypto'
import { toTime } from '../../../schemas/to-time.ts'
import { DOWN } from '../../helper.ts'
import { createAll } from '../create-all.ts'
import { type ContractTests, INTERVAL, offer, offersOf, refreshed } from '../fixture.ts'
import { walk } from './walk.ts'

/** Creating, reading, changing and deleting products. */
export function productContract({ test, testAlone }: ContractTests): void {
  test('a created product can be read as it was answered', async (t, { store, start }) => {
    const created = await store.createProduct({ name: 'Sekačka 🛒', description: 'tichá' })
    t.match(created, {
      name: 'Sekačka 🛒',
      description: 'tichá',
      created_at: toTime(start),
      updated_at: toTime(start),
      registration: { status: 'pending', reason: null },
      offers_count: 0,
      lowest_price: null,
      checked_at: null,
      stale: true,
      version: 1,
    })
    t.same(await store.product(created.id), created)
  })

  test('a description that is left out is empty', async (t, { store }) => {
    t.equal((await store.createProduct({ name: 'a' })).description, '')
  })

  test("a product can be created under an id of one's own", async (t, { store }) => {
    const id = '019aa9f0-5c00-7000-8000-00000000000e'
    t.equal((await store.createProduct({ name: 'a' }, { id })).id, id)
    t.equal((await store.product(id)).name, 'a')
  })

  test('products of one batch are created in order', async (t, { store }) => {
    const names = ['c', 'a', 'b']
    const created = await createAll(
      store,
      names.map((name) => ({ name })),
    )
    t.same(
      created.map(({ name }) => name),
      names,
    )
    t.same(await walk(store, { sort: 'created_at', limit: 2 }), names)
  })

  testAlone(
    'creation times do not step back with the clock, also after a restart',
    async (t, fixture) => {
      await fixture.store.createProduct({ name: 'a' })
      fixture.time.now = fixture.start - 5000
      t.equal((await fixture.store.createProduct({ name: 'b' })).created_at, toTime(fixture.start))
      await fixture.store.close()
      const again = await fixture.open()
      t.equal((await again.createProduct({ name: 'c' })).created_at, toTime(fixture.start))
    },
  )

  testAlone('what was acknowledged is there after it was closed and opened', async (t, fixture) => {
    const { id } = await refreshed(fixture.store, 'a', [offer('x', 5)])
    await fixture.store.close()
    const again = await fixture.open()
    t.equal((await again.product(id)).lowest_price, 5)
    t.equal((await offersOf(again, id)).items.length, 1)
  })

  test('an unknown product is refused everywhere', async (t, { store }) => {
    const id = randomUUIDv7()
    await t.rejects(store.product(id), { code: 'PRODUCT_NOT_FOUND' })
    await t.rejects(store.offers(id), { code: 'PRODUCT_NOT_FOUND' })
    await t.rejects(store.updateProduct(id, { name: 'a' }), { code: 'PRODUCT_NOT_FOUND' })
    await t.rejects(store.deleteProduct(id), { code: 'PRODUCT_NOT_FOUND' })
  })

  test('a patch changes what it names and moves version and time', async (t, {
    store,
    time,
    start,
  }) => {
    const { id } = await store.createProduct({ name: 'a', description: 'b' })
    time.now += 1000
    const renamed = await store.updateProduct(id, { name: 'c' })
    t.match(renamed, { name: 'c', description: 'b', version: 2, updated_at: toTime(time.now) })
    t.match(await store.updateProduct(id, { description: 'd' }), { name: 'c', description: 'd' })
    t.match(await store.product(id), { version: 3, created_at: toTime(start) })
  })

  test('a patch that changes nothing moves nothing', async (t, { store, time }) => {
    const created = await store.createProduct({ name: 'a', description: 'b' })
    time.now += 1000
    t.same(await store.updateProduct(created.id, { name: 'a', description: 'b' }), created)
  })

  test('the time of a change does not step back with the clock', async (t, {
    store,
    time,
    start,
  }) => {
    const { id } = await store.createProduct({ name: 'a' })
    time.now -= 1000
    t.equal((await store.updateProduct(id, { name: 'b' })).updated_at, toTime(start))
  })

  test('changes and deletions of another version are refused', async (t, { store }) => {
    const { id } = await store.createProduct({ name: 'a' })
    await store.updateProduct(id, { name: 'b' }, [1])
    await t.rejects(store.updateProduct(id, { name: 'c' }, [1]), { code: 'VERSION_MISMATCH' })
    await t.rejects(store.updateProduct(id, { name: 'c' }, []), { code: 'VERSION_MISMATCH' })
    await t.rejects(store.deleteProduct(id, [1, 3]), { code: 'VERSION_MISMATCH' })
    t.equal((await store.product(id)).name, 'b')
    await store.deleteProduct(id, [1, 2])
    await t.rejects(store.product(id), { code: 'PRODUCT_NOT_FOUND' })
  })

  test('a deleted product takes everything of it along', async (t, { store, start }) => {
    const { id, token } = await refreshed(store, 'lawn mower', [offer('x', 5)])
    await store.deleteProduct(id)
    await t.rejects(store.offers(id), { code: 'PRODUCT_NOT_FOUND' })
    t.same(await store.totals(), { products: 0, pending: 0, registered: 0, offers: 0 })
    t.same(await store.takeRefreshes(start + INTERVAL, { most: 9, due: 10, early: 10 }), [])
    t.same(await walk(store, { sort: 'created_at', words: 'lawn', limit: 10 }), [])
    // An answer that was under way comes too late.
    await store.settle([
      { type: 'refreshed', token, at: start, dueAt: start, offers: [offer('x', 5)] },
      { type: 'refresh-failed', token, at: start, dueAt: start, ...DOWN },
      { type: 'registered', token, at: start },
      { type: 'registration-failed', token, at: start, dueAt: start, ...DOWN },
      { type: 'forgotten', token, at: start, dueAt: start, ...DOWN },
      { type: 'unchanged', token, at: start, dueAt: start },
      { type: 'postponed', token, dueAt: start },
    ])
    const { id: next } = await store.createProduct({ name: 'next' })
    t.match(await store.product(next), { offers_count: 0, registration: { status: 'pending' } })
    t.same((await store.totals()).offers, 0)
  })
}
