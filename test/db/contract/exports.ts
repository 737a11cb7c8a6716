import type { PriceRecord } from '../../../schemas/export.ts'
import { toTime } from '../../../schemas/to-time.ts'
import { type ContractTests, DAY, offer, refreshed } from '../fixture.ts'
import { collected, minutesOf, polls } from './observed.ts'

/** The export of everything that was observed. */
export function exportContract({ test }: ContractTests): void {
  test('a gap is exported although the first poll of all lies in the future', async (t, f) => {
    const { minute } = minutesOf(f.start)
    const { id, token } = await refreshed(f.store, 'a', [], minute(30))
    await polls(f, token, [[1, []]]) // The clock was ahead, and is put back.
    f.time.now = minute(9)
    const records = await collected(f.store.prices({ from: f.start, to: minute(9) }, id))
    t.match(records, [{ event: 'gap', at: toTime(minute(1)), until: toTime(minute(9)) }])
    t.equal(records.length, 1)
  })

  test('a deleted product takes its history along', async (t, f) => {
    const { minute } = minutesOf(f.start)
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 10)])
    await polls(f, token, [[1, [offer('x', 9)]]])
    await f.store.deleteProduct(id)
    t.same(await collected(f.store.prices({ from: f.start, to: minute(9) })), [])
    await f.store.settle([
      { type: 'refreshed', token, at: minute(2), dueAt: minute(3), offers: [offer('x', 5)] },
    ])
    t.same(await collected(f.store.prices({ from: f.start, to: minute(9) })), [])
  })

  test('everything that was observed in a window is exported', async (t, f) => {
    const { minute } = minutesOf(f.start)
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 10, 5), offer('y', 12)])
    const other = await refreshed(f.store, 'b', [offer('z', 1)])
    await polls(f, token, [
      [1, [offer('x', 10, 5), offer('y', 9)]],
      [2, null],
      [3, [offer('x', 10, 4)]],
      [4, [offer('x', 10, 4), offer('w', 8)]],
    ])
    const none = { offer_id: null, price: null, items_in_stock: null, until: null }
    const line = (event: PriceRecord['event'], at: number, more: Partial<PriceRecord>) => ({
      ...{ product_id: id, ...none, at: toTime(minute(at)), event },
      ...more,
    })
    const stock = (offer_id: string, price: number, items_in_stock: number) => ({
      offer_id,
      price,
      items_in_stock,
    })
    t.same(await collected(f.store.prices({ from: minute(0.5), to: minute(3.5) }, id)), [
      line('gap', 1, { until: toTime(minute(3)) }),
      line('in_force', 0.5, stock('x', 10, 5)),
      line('in_force', 0.5, stock('y', 12, 1)),
      line('changed', 1, stock('y', 9, 1)),
      line('changed', 3, stock('x', 10, 4)),
      line('delisted', 3, { offer_id: 'y' }),
    ])
    const all = await collected(f.store.prices({ from: f.start - DAY, to: minute(99) }))
    t.match(
      all.filter(({ event }) => event !== 'gap').map(({ offer_id, event }) => [offer_id, event]),
      [
        ['x', 'listed'],
        ['y', 'listed'],
        ['y', 'changed'],
        ['x', 'changed'],
        ['y', 'delisted'],
        ['w', 'listed'],
        ['z', 'listed'],
      ],
    )
    t.equal(all.at(-1)?.product_id, other.id)
  })
}
