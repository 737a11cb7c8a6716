import type { BatchItemResult, Store } from '../../../db/store.ts'
import { toTime } from '../../../schemas/to-time.ts'
import type { ContractTests } from '../fixture.ts'

const TAKEN = { code: 'EXTERNAL_ID_TAKEN' }

/** What became of the items, and the names that they left. */
const told = (results: BatchItemResult[]) =>
  results.map((result) =>
    result.status === 'refused' ? 'refused' : `${result.status} ${result.product.name}`,
  )

async function namesOf(store: Store): Promise<string[]> {
  const { items } = await store.products({ sort: 'created_at', words: [], limit: 200 })
  return items.map(({ name }) => name)
}

/** What `db/store.ts` promises of the clients' own keys, as tests for an engine. */
export function externalIdContract({ test, testAlone }: ContractTests): void {
  test('a product is found by its external id, compared exactly', async (t, { store }) => {
    const created = await store.createProduct({ name: 'a', external_id: 'AB/1 ž' })
    t.equal(created.external_id, 'AB/1 ž')
    t.same(await store.productByExternalId('AB/1 ž'), created)
    for (const other of ['ab/1 ž', 'AB/1 ž ', 'AB/1 z\u030c']) {
      await t.rejects(store.productByExternalId(other), { code: 'PRODUCT_NOT_FOUND' })
    }
  })

  test('a product has no external id unless it is given one', async (t, { store }) => {
    const created = await store.createProducts([{ name: 'a' }, { name: 'b', external_id: null }])
    t.same(told(created), ['created a', 'created b'])
    t.equal((await store.createProduct({ name: 'c' })).external_id, null)
  })

  test('an external id is taken until its product is deleted or loses it', async (t, { store }) => {
    const first = await store.createProduct({ name: 'a', external_id: 'x' })
    await t.rejects(store.createProduct({ name: 'b', external_id: 'x' }), {
      ...TAKEN,
      message:
        `The external_id "x" belongs to product ${first.id}; ` +
        'change that product, or choose another external_id',
    })
    t.same(await namesOf(store), ['a'])
    await store.deleteProduct(first.id)
    const second = await store.createProduct({ name: 'c', external_id: 'x' })
    await store.updateProduct(second.id, { external_id: null })
    await store.createProduct({ name: 'd', external_id: 'x' })
    t.same(await namesOf(store), ['c', 'd'])
  })

  test('of products that are created at once with one external id there is one', async (t, f) => {
    const creates = Array.from({ length: 20 }, (_, n) =>
      f.store.createProduct({ name: `${n}`, external_id: 'x' }),
    )
    const settled = await Promise.allSettled(creates)
    t.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1)
    t.same(await namesOf(f.store), ['0'])
    t.equal((await f.store.totals()).products, 1)
  })

  test('a change to a taken external id is refused whole', async (t, { store }) => {
    await store.createProduct({ name: 'a', external_id: 'x' })
    const other = await store.createProduct({ name: 'b', external_id: 'y' })
    await t.rejects(store.updateProduct(other.id, { name: 'c', external_id: 'x' }), TAKEN)
    t.same(await store.product(other.id), other)
    t.match(await store.updateProduct(other.id, { external_id: 'y', name: 'c' }), { version: 2 })
  })

  test('an external id alone can be changed', async (t, { store }) => {
    const { id } = await store.createProduct({ name: 'a', external_id: 'x' })
    t.match(await store.updateProduct(id, { external_id: 'y' }), { name: 'a', version: 2 })
    await t.rejects(store.productByExternalId('x'), { code: 'PRODUCT_NOT_FOUND' })
    t.equal((await store.productByExternalId('y')).id, id)
  })

  const BATCH = [
    { name: 'new', external_id: 'n' },
    { name: 'met', external_id: 'x' },
    { name: 'new again', external_id: 'n' },
    { name: 'no key' },
  ]
  const CONFLICTS: [on: 'error' | 'skip' | 'update' | undefined, told: string[], left: string[]][] =
    [
      [
        undefined,
        ['created new', 'refused', 'refused', 'created no key'],
        ['old', 'new', 'no key'],
      ],
      ['error', ['created new', 'refused', 'refused', 'created no key'], ['old', 'new', 'no key']],
      [
        'skip',
        ['created new', 'skipped old', 'skipped new', 'created no key'],
        ['old', 'new', 'no key'],
      ],
      [
        'update',
        ['created new', 'updated met', 'updated new again', 'created no key'],
        ['met', 'new again', 'no key'],
      ],
    ]
  for (const [onConflict, expected, left] of CONFLICTS) {
    test(`items of a batch meet products: ${onConflict ?? 'by default'}`, async (t, { store }) => {
      await store.createProduct({ name: 'old', description: 'kept', external_id: 'x' })
      t.same(told(await store.createProducts(BATCH, onConflict)), expected)
      t.same(await namesOf(store), left)
      t.match(await store.productByExternalId('x'), { description: 'kept' })
      t.equal((await store.totals()).products, 3)
    })
  }

  test('a batch whose items all meet products creates none', async (t, { store }) => {
    await store.createProduct({ name: 'a', external_id: 'x' })
    const before = store.lastSeq
    t.same(told(await store.createProducts([{ name: 'b', external_id: 'x' }], 'skip')), [
      'skipped a',
    ])
    t.equal(store.lastSeq, before)
  })

  test('a put creates a product, and replaces all that clients wrote of it', async (t, f) => {
    const { store, time } = f
    const { created, product } = await store.putProduct('x', { name: 'a', description: 'b' })
    t.equal(created, true)
    t.same(await store.productByExternalId('x'), product)
    time.now += 1000
    const put = await store.putProduct('x', { name: 'c' })
    const { id } = product
    const now = toTime(time.now)
    t.match(put, {
      created: false,
      product: { id, name: 'c', description: '', external_id: 'x', version: 2, updated_at: now },
    })
    t.same(await store.product(id), put.product)
    t.equal(put.product.created_at, toTime(f.start))
  })

  test('a put that changes nothing moves nothing', async (t, { store, time }) => {
    const { product } = await store.putProduct('x', { name: 'a' })
    time.now += 1000
    t.same(await store.putProduct('x', { name: 'a' }), { product, created: false })
  })

  test('a put that must match creates nothing, and replaces that version alone', async (t, f) => {
    const { store } = f
    const mismatch = { code: 'VERSION_MISMATCH' }
    await t.rejects(store.putProduct('x', { name: 'a' }, { versions: [1] }), {
      ...mismatch,
      message: 'There is no product with the external_id "x"; leave out If-Match to create it',
    })
    await t.rejects(store.putProduct('x', { name: 'a' }, {}), mismatch)
    await store.putProduct('x', { name: 'a' })
    await store.putProduct('x', { name: 'b' }, { versions: [1] })
    await t.rejects(store.putProduct('x', { name: 'c' }, { versions: [1] }), mismatch)
    t.match(await store.putProduct('x', { name: 'd' }, {}), { product: { name: 'd', version: 3 } })
  })

  test('puts at once under one external id make one product', async (t, { store }) => {
    const puts = Array.from({ length: 20 }, (_, n) => store.putProduct('x', { name: `${n}` }))
    const results = await Promise.all(puts)
    t.equal(results.filter(({ created }) => created).length, 1)
    t.same(await namesOf(store), ['19'])
  })

  test('a rejected product that a batch or a put names is pending again', async (t, {
    store,
    start,
  }) => {
    for (const write of [
      () => store.createProducts([{ name: 'a', external_id: 'x' }], 'update'),
      () => store.putProduct('x', { name: 'a' }),
    ]) {
      const { product } = await store.putProduct('x', { name: 'a' })
      const [task] = await store.takeRegistrations(start, 1)
      const token = task?.token ?? ''
      await store.settle([{ type: 'rejected', token, version: 1, reason: 'why', at: start }])
      t.match(await store.product(product.id), { registration: { status: 'rejected' } })
      let announced = 0
      const remove = store.onRegistrationsDue(() => {
        announced += 1
      })
      await write()
      remove()
      t.equal(announced, 1)
      t.match(await store.takeRegistrations(start, 1), [{ id: product.id }])
      await store.deleteProduct(product.id)
    }
  })

  testAlone('external ids stay unique after the store is opened again', async (t, f) => {
    const { id } = await f.store.createProduct({ name: 'a', external_id: 'x' })
    await f.store.close()
    const again = await f.open()
    t.equal((await again.productByExternalId('x')).id, id)
    await t.rejects(again.createProduct({ name: 'b', external_id: 'x' }), TAKEN)
  })
}
