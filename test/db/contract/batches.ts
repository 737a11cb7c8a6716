import type { ChangeResult, Store } from '../../../db/store.ts'
import type { ContractTests } from '../fixture.ts'
import { offer, offersOf, refreshed } from '../fixture.ts'

const UNKNOWN_ID = '019aa9f0-5c00-7000-8000-00000000dead'

/** What became of the changes. */
const told = (results: ChangeResult[]) =>
  results.map((result) => (result.status === 'refused' ? result.error.code : result.product.name))

async function createAll(store: Store, names: string[]): Promise<string[]> {
  const results = await store.createProducts(names.map((name) => ({ name, external_id: name })))
  return results.map((result) => (result.status === 'refused' ? '' : result.product.id))
}

/** What `db/store.ts` promises of changes and deletions of many products, as tests for an engine. */
export function batchContract({ test }: ContractTests): void {
  test('many products are changed at once, and refused changes do not prevent the others', async (t, f) => {
    const { store, time, commits } = f
    const [a = '', b = '', c = ''] = await createAll(store, ['a', 'b', 'c'])
    time.now += 1000
    commits.length = 0
    const results = await store.updateProducts([
      { id: b, patch: { name: 'B', description: 'new' } },
      { id: UNKNOWN_ID, patch: { name: 'nobody' } },
      { id: a, patch: { external_id: 'c' } },
      { id: c, patch: { external_id: null } },
      { id: a, patch: { external_id: 'c', name: 'A' } },
      { id: b, patch: { name: 'B again' } },
    ])
    t.same(told(results), [...['B', 'PRODUCT_NOT_FOUND', 'EXTERNAL_ID_TAKEN', 'c', 'A', 'B again']])
    t.equal(commits.length, 1)
    t.match(await store.product(a), { name: 'A', external_id: 'c', version: 2 })
    t.match(await store.product(b), { name: 'B again', description: 'new', version: 3 })
    t.match(await store.product(c), { external_id: null, version: 2 })
    const { items } = await store.changes({ type: 'product.updated', limit: 9 })
    t.same(
      items.slice(-4).map((item) => item.product_id),
      [b, c, a, b],
    )
  })

  test('a change of many that changes nothing moves nothing', async (t, { store, time }) => {
    const [a = ''] = await createAll(store, ['a'])
    const { lastSeq } = store
    const before = await store.product(a)
    time.now += 1000
    t.same(told(await store.updateProducts([{ id: a, patch: { name: 'a' } }])), ['a'])
    t.same(await store.product(a), before)
    t.equal(store.lastSeq, lastSeq)
  })

  test('rejected products that are changed at once are pending again', async (t, {
    store,
    start,
  }) => {
    const [a = ''] = await createAll(store, ['a'])
    const [task] = await store.takeRegistrations(start, 1)
    const token = task?.token ?? ''
    await store.settle([{ type: 'rejected', token, version: 1, reason: 'why', at: start }])
    await store.updateProducts([{ id: a, patch: { name: 'b' } }])
    t.match(await store.takeRegistrations(start, 1), [{ id: a }])
  })

  test('many products are deleted at once with all that is theirs', async (t, {
    store,
    commits,
  }) => {
    const { id } = await refreshed(store, 'polled', [offer('x', 1), offer('y', 2)])
    const [a = '', b = ''] = await createAll(store, ['a', 'b'])
    commits.length = 0
    const results = await store.deleteProducts([b, UNKNOWN_ID, id, b])
    t.same(
      results.map((result) => (result.status === 'refused' ? result.error.code : result.status)),
      ['deleted', 'PRODUCT_NOT_FOUND', 'deleted', 'PRODUCT_NOT_FOUND'],
    )
    t.equal(commits.length, 1)
    await t.rejects(offersOf(store, id), { code: 'PRODUCT_NOT_FOUND' })
    t.match(await store.product(a), { name: 'a' })
    t.match(await store.totals(), { products: 1, registered: 0, offers: 0 })
    const { items } = await store.changes({ type: 'product.deleted', limit: 200 })
    t.same(
      items.slice(-2).map((item) => item.product_id),
      [b, id],
    )
  })
}
