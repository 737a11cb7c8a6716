import type { Store } from '../../../db/store.ts'
import { type ContractTests, DAY, INTERVAL, offer, refreshed } from '../fixture.ts'

/** Each change after a place, with the tags that its product had before or after it. */
async function taggedAfter(store: Store, after: number, limit = 999) {
  const { items, tags = [] } = await store.changes({ after, limit, withTags: true })
  return items.map(({ type }, index) => [type, ...new Set(tags[index])])
}

/** What `db/store.ts` promises of the tags in the change feed, as tests for an engine. */
export function feedTagContract({ test, testAlone }: ContractTests): void {
  test('a change tells the tags of its place in the feed, whatever became of them', async (t, f) => {
    const { store } = f
    const start = store.lastSeq
    const { id, token } = await refreshed(store, 'p', [offer('x', 9)])
    await store.updateProduct(id, { tags: ['a', 'b'] })
    f.time.now += INTERVAL
    const poll = { token, at: f.time.now, dueAt: f.time.now + INTERVAL }
    await store.settle([{ type: 'refreshed', ...poll, offers: [offer('x', 8), offer('y', 9)] }])
    const known = [
      ...[['product.created'], ['product.registered'], ['offer.listed']],
      ['product.updated', 'a', 'b'],
      ['offer.price_changed', 'a', 'b'],
      ['offer.listed', 'a', 'b'],
    ]
    t.strictSame(await taggedAfter(store, start), known)
    await store.updateProduct(id, { tags: ['c', 'a'] })
    await store.updateProduct(id, { name: 'q' })
    await store.updateProduct(id, { tags: [] })
    known.push(
      ['product.updated', 'a', 'b', 'c'],
      ['product.updated', 'c', 'a'],
      ['product.updated', 'c', 'a'],
    )
    t.strictSame(await taggedAfter(store, start), known)
    await store.updateProduct(id, { tags: ['d'] })
    await store.deleteProduct(id)
    known.push(['product.updated', 'd'], ['product.deleted', 'd'])
    t.strictSame(await taggedAfter(store, start), known)
    t.strictSame(await taggedAfter(store, start + 3, 2), known.slice(3, 5), 'also in parts')
    const page = await store.changes({ after: start, limit: 9, productId: id, withTags: true })
    t.strictSame(page.tags?.length, 9)
    t.equal((await store.changes({ after: start, limit: 9 })).tags, undefined)
  })

  test('the tags of an unknown product, and of no change, are none', async (t, { store }) => {
    const end = { after: store.lastSeq, limit: 9, withTags: true }
    t.strictSame(await store.changes(end), { items: [], lastSeq: store.lastSeq, tags: [] })
    const productId = '019aa9f0-5c00-7000-8000-00000000dead'
    t.strictSame((await store.changes({ ...end, after: undefined, productId })).tags, [])
  })

  test('a deletion tells the tags of the product', async (t, { store }) => {
    const start = store.lastSeq
    const { id } = await store.createProduct({ name: 'p', tags: ['ž', '"'] })
    const bare = await store.createProduct({ name: 'q' })
    await store.deleteProducts([id, bare.id])
    const { items } = await store.changes({ after: start, type: 'product.deleted', limit: 9 })
    t.match(items, [
      { product_id: id, tags: ['ž', '"'] },
      { product_id: bare.id, tags: [] },
    ])
  })

  test('replacements and batches tell their tags too', async (t, { store }) => {
    const start = store.lastSeq
    const { product } = await store.putProduct('key', { name: 'a', tags: ['x'] })
    await store.putProduct('key', { name: 'a' })
    await store.createProducts([{ name: 'b', external_id: 'key', tags: ['y'] }], 'update')
    await store.updateProducts([{ id: product.id, patch: { tags: ['z'] } }])
    t.strictSame(await taggedAfter(store, start), [
      ['product.created', 'x'],
      ['product.updated', 'x'],
      ['product.updated', 'y'],
      ['product.updated', 'y', 'z'],
    ])
  })

  testAlone('the tags outlast the part of the feed that is deleted', async (t, f) => {
    const { store, time, start } = f
    const { id } = await store.createProduct({ name: 'p', tags: ['a'] })
    await store.updateProduct(id, { tags: ['b'] })
    time.now = start + 3 * DAY
    await store.updateProduct(id, { name: 'q' })
    await store.updateProduct(id, { tags: ['c'] })
    await store.updateProduct(id, { tags: ['d'] })
    while (await store.compact({ rollBefore: 0, rawBefore: 0, changesBefore: start + DAY }));
    t.strictSame(await taggedAfter(store, 2), [
      ['product.updated', 'b'],
      ['product.updated', 'b', 'c'],
      ['product.updated', 'c', 'd'],
    ])
    await f.store.close()
    t.strictSame((await taggedAfter(await f.open(), 2))[0], ['product.updated', 'b'])
  })
}
