import type { ContractTests } from '../fixture.ts'

/** What `db/store.ts` promises of tags and metadata, as tests for an engine. */
export function tagContract({ test }: ContractTests): void {
  test('a product keeps its tags in their order, and its metadata', async (t, { store }) => {
    const labels = { tags: ['ž', 'a, b', '"\\'], metadata: { '10': 'x', a: '', 'ž"\\': '\n' } }
    const created = await store.createProduct({ name: 'a', ...labels })
    t.match(created, labels)
    t.strictSame(await store.product(created.id), created)
    const bare = await store.createProduct({ name: 'b' })
    t.match(await store.product(bare.id), { tags: [], metadata: {} })
  })

  test('a change of tags or metadata is a change of the product', async (t, { store }) => {
    const { id } = await store.createProduct({ name: 'a', tags: ['x', 'y'], metadata: { a: '1' } })
    const retagged = await store.updateProduct(id, { tags: ['y', 'z'] })
    t.match(retagged, { tags: ['y', 'z'], metadata: { a: '1' }, version: 2 })
    const noted = await store.updateProduct(id, { metadata: { b: '2' } })
    t.strictSame([noted.tags, noted.metadata, noted.version], [['y', 'z'], { b: '2' }, 3])
    const cleared = await store.updateProduct(id, { tags: [], metadata: {} })
    t.strictSame([cleared.tags, cleared.metadata, cleared.version], [[], {}, 4])
    t.strictSame(await store.product(id), cleared)
  })

  test('the same tags and metadata are no change, whatever the order of keys', async (t, f) => {
    const { store } = f
    const { id } = await store.createProduct({
      ...{ name: 'a', tags: ['x', 'y'], metadata: { b: '2', a: '1' } },
    })
    const same = await store.updateProduct(id, { tags: ['x', 'y'], metadata: { a: '1', b: '2' } })
    t.equal(same.version, 1)
    t.strictSame(Object.keys(same.metadata), ['a', 'b'])
  })

  test('what a replacement omits is gone', async (t, { store }) => {
    const labels = { tags: ['x'], metadata: { a: '1' } }
    t.match((await store.putProduct('key', { name: 'a', ...labels })).product, labels)
    const { product } = await store.putProduct('key', { name: 'a' })
    t.strictSame([product.tags, product.metadata, product.version], [[], {}, 2])
  })

  test('batches write tags and metadata', async (t, { store }) => {
    const items = [
      { name: 'a', external_id: 'a', tags: ['x'], metadata: { a: '1' } },
      { name: 'b', external_id: 'a', tags: ['y'] },
    ]
    const [, updated] = await store.createProducts(items, 'update')
    t.match(updated, {
      status: 'updated',
      product: { name: 'b', tags: ['y'], metadata: { a: '1' } },
    })
    const { id } = await store.productByExternalId('a')
    const [changed] = await store.updateProducts([{ id, patch: { metadata: { c: '3' } } }])
    t.match(changed, { status: 'updated', product: { tags: ['y'], metadata: { c: '3' } } })
  })
}
