import type { Change } from '../../../schemas/change.ts'
import { toTime } from '../../../schemas/to-time.ts'
import { DOWN } from '../../helper.ts'
import { type ContractTests, DAY, offer, refreshed } from '../fixture.ts'
import { compacted, feed, minutesOf, polls } from './observed.ts'

/** The change feed. */
export function feedContract({ test, testAlone }: ContractTests): void {
  test('every change has its place in the feed', async (t, f) => {
    const { minute } = minutesOf(f.start)
    const { store } = f
    const before = store.lastSeq
    const heard: number[] = []
    const remove = store.onChanges((lastSeq) => heard.push(lastSeq))
    const { id, token } = await refreshed(store, 'a', [offer('x', 10, 5)])
    await store.updateProduct(id, { name: 'b' })
    await store.updateProduct(id, { name: 'b' })
    await polls(f, token, [
      [1, [offer('x', 10, 5)]],
      [2, [offer('x', 9, 4), offer('y', 7, 0)]],
      [3, [offer('x', 9, 3)]],
      [4, null],
    ])
    await store.settle([{ type: 'registered', token, at: minute(5) }])
    await store.settle([{ type: 'forgotten', token, at: minute(6), dueAt: minute(6), ...DOWN }])
    await store.settle([{ type: 'registered', token, at: minute(7) }])
    f.time.now = minute(8)
    await store.deleteProduct(id)
    remove()

    const x = { product_id: id, offer_id: 'x' }
    const y = { product_id: id, offer_id: 'y' }
    const expected: Omit<Change, 'seq'>[] = [
      { at: toTime(f.start), type: 'product.created', product_id: id },
      { at: toTime(f.start), type: 'product.registered', product_id: id },
      { at: toTime(f.start), type: 'offer.listed', ...x, price: 10, items_in_stock: 5 },
      { at: toTime(f.start), type: 'product.updated', product_id: id },
      {
        ...{ at: toTime(minute(2)), type: 'offer.price_changed', ...x },
        ...{ price: 9, previous_price: 10, items_in_stock: 4, previous_items_in_stock: 5 },
      },
      { at: toTime(minute(2)), type: 'offer.listed', ...y, price: 7, items_in_stock: 0 },
      {
        ...{ at: toTime(minute(3)), type: 'offer.stock_changed', ...x },
        ...{ items_in_stock: 3, previous_items_in_stock: 4 },
      },
      {
        ...{ at: toTime(minute(3)), type: 'offer.delisted', ...y },
        ...{ previous_price: 7, previous_items_in_stock: 0 },
      },
      { at: toTime(minute(7)), type: 'product.registered', product_id: id },
      { at: toTime(minute(8)), type: 'product.deleted', product_id: id, tags: [] },
    ]
    const all = expected.map((change, index) => ({ seq: before + index + 1, ...change }))
    t.same(await feed(store, before), all)
    t.equal(store.lastSeq, before + all.length)
    t.equal(heard.at(-1), store.lastSeq)
    t.same(
      heard,
      [...new Set(heard)].sort((a, b) => a - b),
      'once for each commit with changes',
    )

    const query = { after: before, limit: 100 }
    t.same((await store.changes({ ...query, productId: id })).items, all)
    const listed = await store.changes({ ...query, type: 'offer.listed' })
    t.same(listed, { items: [all[2], all[5]], lastSeq: store.lastSeq })
    for (const limit of [1, 2, 5]) {
      const read: Change[] = []
      let after = before
      while (after < store.lastSeq) {
        const page = await store.changes({ after, limit })
        t.ok(page.items.length <= limit)
        read.push(...page.items)
        after = page.lastSeq
      }
      t.same(read, all)
    }
    const unknown = '019aa9f0-5c00-7000-8000-000000000001'
    t.same(await store.changes({ ...query, productId: unknown }), {
      items: [],
      lastSeq: store.lastSeq,
    })
    const ahead = await store.changes({ after: store.lastSeq + 10, limit: 1 })
    t.same(ahead, { items: [], lastSeq: store.lastSeq })
  })

  // Alone, because it takes longer to delete so many products than to make a database.
  testAlone('a long feed is read in parts, also where few changes fit', async (t, { store }) => {
    const before = store.lastSeq
    const thousand = Array.from({ length: 1000 }, (_, n) => ({ name: `p${n}` }))
    for (let batch = 0; batch < 9; batch++) await store.createProducts(thousand)
    const { items } = await store.products({ sort: '-created_at', words: [], limit: 1 })
    const productId = items[0]?.id ?? ''
    let after = before
    let answers = 0
    const found: Change[] = []
    while (after < store.lastSeq) {
      const page = await store.changes({ after, productId, limit: 10 })
      found.push(...page.items)
      t.ok(page.lastSeq > after)
      after = page.lastSeq
      answers += 1
    }
    t.match(found, [{ type: 'product.created', seq: store.lastSeq }])
    t.ok(answers > 1)
  })

  testAlone('the feed goes on where it was after a restart', async (t, f) => {
    await f.store.createProduct({ name: 'a' })
    t.equal(f.store.lastSeq, 1)
    await f.store.close()
    const again = await f.open()
    t.equal(again.lastSeq, 1)
    await again.createProduct({ name: 'b' })
    t.same(
      (await feed(again, 0)).map(({ seq }) => seq),
      [1, 2],
    )
  })

  testAlone('changes leave the feed when they are old, and their places stay', async (t, f) => {
    const { store, time } = f
    const { id } = await refreshed(store, 'a', [offer('x', 1)])
    await store.deleteProduct(id)
    time.now = f.start + 8 * DAY
    await store.createProduct({ name: 'b' })
    const last = store.lastSeq
    await compacted(store, time.now)
    t.equal(store.lastSeq, last)
    await t.rejects(store.changes({ after: 0, limit: 1 }), {
      code: 'CHANGES_COMPACTED',
      message: `The changes after 0 are gone; those after ${last - 1} are kept`,
    })
    t.match((await store.changes({ limit: 10 })).items, [{ seq: last, type: 'product.created' }])
    t.match(await store.changes({ after: last - 1, limit: 9, productId: id }), { items: [] })
    time.now += 8 * DAY
    await compacted(store, time.now)
    t.same(await store.changes({ limit: 10 }), { items: [], lastSeq: last })
    await store.close()
    const again = await f.open()
    t.equal(again.lastSeq, last, 'also when the feed is empty')
    await again.createProduct({ name: 'c' })
    t.equal(again.lastSeq, last + 1)
  })

  testAlone('the feed gives up what is old by the clock that is now', async (t, f) => {
    const { store, time } = f
    const after = store.lastSeq
    const { id } = await store.createProduct({ name: 'a' })
    /** The days at which the changes that are kept were made, once those of more than 7 days ago are gone. */
    async function kept(day: number): Promise<number[]> {
      time.now = f.start + day * DAY
      const changesBefore = time.now - 7 * DAY
      while (await store.compact({ rollBefore: 0, rawBefore: 0, changesBefore }));
      const { items } = await store.changes({ limit: 100 })
      const own = items.filter(({ seq }) => seq > after)
      return own.map(({ at }) => (Date.parse(at) - f.start) / DAY)
    }
    async function change(day: number): Promise<void> {
      time.now = f.start + day * DAY
      await store.updateProduct(id, { name: `${day}` })
    }
    await change(1) // The clock is ahead, and back.
    await change(0.1)
    await change(2)
    await change(-30) // It is behind, and put right.
    await change(3)
    t.same(await kept(7), [0, 1, 0.1, 2, -30, 3])
    t.same(await kept(7.05), [1, 0.1, 2, -30, 3])
    t.same(await kept(7.2), [1, 0.1, 2, -30, 3], 'what is younger, and everything after it')
    t.same(await kept(8.5), [2, -30, 3])
    await change(40)
    await change(9)
    t.same(await kept(11), [40, 9], 'what is in the future tells nothing')
    t.same(await kept(17), [], 'and is as old as what follows it')
  })
}
