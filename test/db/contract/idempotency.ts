import type { Store } from '../../../db/store.ts'
import { type ContractTests, DAY, refreshed } from '../fixture.ts'

const KEY = { key: 'k', request: 'r' }
const REUSED = { code: 'IDEMPOTENCY_KEY_REUSED', message: /belongs to another request/ }
const TAKEN = { code: 'EXTERNAL_ID_TAKEN' }

const countProducts = async (store: Store) => (await store.totals()).products

/** What `db/store.ts` promises of requests that are sent again, as tests for an engine. */
export function idempotencyContract({ testAlone }: ContractTests): void {
  testAlone('a product is created once for a key', async (t, { store, time }) => {
    const first = await store.createProduct({ name: 'a' }, { once: KEY })
    const { lastSeq } = store
    time.now += 1000
    await store.updateProduct(first.id, { name: 'b' })
    t.strictSame(await store.createProduct({ name: 'a' }, { once: KEY }), first)
    t.equal(await countProducts(store), 1)
    t.equal(store.lastSeq, lastSeq + 1, 'only the update is in the feed')
  })

  testAlone('of 100 requests with one key that come at once, one is carried out', async (t, f) => {
    const { store } = f
    const requests = Array.from({ length: 100 }, () =>
      store.createProduct({ name: 'a' }, { once: KEY }),
    )
    const [first, ...others] = await Promise.all(requests)
    for (const other of others) t.strictSame(other, first)
    t.equal(await countProducts(store), 1)
  })

  testAlone('a key of another request is refused', async (t, { store }) => {
    await store.createProduct({ name: 'a' }, { once: KEY })
    const once = { ...KEY, request: 'another' }
    await t.rejects(store.createProduct({ name: 'b' }, { once }), REUSED)
    await t.rejects(store.createProducts([{ name: 'b' }], 'error', once), REUSED)
    t.equal(await countProducts(store), 1)
    await store.createProduct({ name: 'b' }, { once: { ...once, key: 'another' } })
    t.equal(await countProducts(store), 2)
  })

  testAlone('a refusal is kept, also after its reason is gone', async (t, { store }) => {
    const { id } = await store.createProduct({ name: 'a', external_id: 'x' })
    const again = () => store.createProduct({ name: 'b', external_id: 'x' }, { once: KEY })
    await t.rejects(again(), TAKEN)
    await store.deleteProduct(id)
    await t.rejects(again(), { ...TAKEN, message: new RegExp(id) })
    t.equal(await countProducts(store), 0)
  })

  testAlone('a batch is created once for a key, with the same results', async (t, { store }) => {
    const { id } = await store.createProduct({ name: 'old', external_id: 'x' })
    const items = [
      { name: 'a' },
      { name: 'met', external_id: 'x' },
      { name: 'b', description: 'c' },
    ]
    const send = () => store.createProducts(items, 'update', KEY)
    const first = await send()
    t.match(first, [{ status: 'created' }, { status: 'updated' }, { status: 'created' }])
    await store.deleteProduct(id)
    t.strictSame(await send(), first)
    t.equal(await countProducts(store), 2)
  })

  testAlone('a batch has the same results when its products have become stale', async (t, f) => {
    const { store, time } = f
    const { id } = await refreshed(store, 'a', [])
    await store.updateProduct(id, { external_id: 'x' })
    for (const onConflict of ['update', 'skip'] as const) {
      const once = { ...KEY, key: onConflict }
      const send = () => store.createProducts([{ name: 'b', external_id: 'x' }], onConflict, once)
      const first = await send()
      t.match(first, [{ product: { stale: false } }])
      for (const ms of [DAY, -DAY]) {
        time.now = f.start + ms
        t.strictSame(await send(), first)
      }
      time.now = f.start
    }
  })

  testAlone('a batch without items has a key, too', async (t, { store }) => {
    t.strictSame(await store.createProducts([], 'error', KEY), [])
    const once = { ...KEY, request: 'another' }
    await t.rejects(store.createProduct({ name: 'b' }, { once }), REUSED)
    t.equal(store.lastSeq, 0)
  })

  testAlone('a key is kept when the store is opened again', async (t, { store, open }) => {
    const first = await store.createProduct({ name: 'a' }, { once: KEY })
    await store.close()
    const again = await open()
    t.strictSame(await again.createProduct({ name: 'a' }, { once: KEY }), first)
    t.equal(await countProducts(again), 1)
  })

  const AGES: [what: string, ms: number, isKept: boolean][] = [
    ['a day later', DAY, true],
    ['more than a day later', DAY + 1, false],
    ['after the clock was put back by a day', -DAY, true],
    ['after the clock was put back by more', -DAY - 1, false],
  ]
  for (const [what, ms, isKept] of AGES) {
    for (const isSwept of [false, true]) {
      const how = isSwept ? ', and keys were swept' : ''
      testAlone(`a key is ${isKept ? '' : 'not '}kept ${what}${how}`, async (t, f) => {
        const { store, time } = f
        const first = await store.createProduct({ name: 'a' }, { once: KEY })
        time.now += ms
        const compaction = { rollBefore: 0, rawBefore: 0, changesBefore: 0 }
        while (isSwept && (await store.compact(compaction)));
        const second = await store.createProduct({ name: 'a' }, { once: KEY })
        t.equal(second.id === first.id, isKept)
        const third = await store.createProduct({ name: 'a' }, { once: KEY })
        t.strictSame(third, second, 'the new key counts')
      })
    }
  }
}
