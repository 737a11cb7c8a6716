import type { Outcome } from '../../../db/store.ts'
import { DOWN } from '../../helper.ts'
import { type ContractTests, DAY, INTERVAL, offer, refreshed } from '../fixture.ts'

/** The tokens under which work is handed out, and the share of an instance. */
export function workTokenContract({ test, testAlone }: ContractTests): void {
  testAlone('what was handed out before the store was reopened is refused', async (t, f) => {
    const old = await refreshed(f.store, 'a', [offer('x', 5)])
    await f.store.createProduct({ name: 'b' })
    const [late] = await f.store.takeRegistrations(f.start, 1)
    await f.store.close()
    const store = await f.open()
    const [again] = await store.takeRegistrations(f.start, 1)
    t.equal(again?.id, late?.id, 'it is handed out again')
    const at = f.start + INTERVAL
    const late1: Outcome = { type: 'registered', token: late?.token ?? '', at }
    const poll: Outcome = { type: 'refreshed', token: old.token, at, dueAt: at, offers: [] }
    const others = ['', 'x', '1', '1.2', '0.0.1', old.token.slice(1)].map(
      (token): Outcome => ({ type: 'refresh-failed', token, at, dueAt: at, ...DOWN }),
    )
    const before = [await store.product(old.id), await store.product(again?.id ?? '')]
    t.same(await store.settle([late1, poll, ...others]), { refused: [late1, poll, ...others] })
    t.same([await store.product(old.id), await store.product(again?.id ?? '')], before)

    const good: Outcome = { type: 'registered', token: again?.token ?? '', at }
    t.same(await store.settle([poll, good, late1]), { refused: [poll, late1] })
    t.equal((await store.product(again?.id ?? '')).registration.status, 'registered')
    t.equal((await store.product(old.id)).offers_count, 1, 'the others are applied all the same')
    t.same(await store.takeRegistrations(DAY + f.start, 9), [], 'what is refused frees nothing')
  })

  test('outcomes under good tokens are not refused', async (t, { store, start }) => {
    t.same(await store.settle([]), { refused: [] })
    const { id, token } = await refreshed(store, 'a', [])
    const failed = { type: 'refresh-failed', token, at: start, dueAt: start, ...DOWN } as const
    t.same(await store.settle([failed, { ...failed, at: start + 1 }]), { refused: [] })
    await store.deleteProduct(id)
    t.same(await store.settle([failed]), { refused: [] }, 'of a deleted product they are ignored')
  })

  test('an instance that is alone polls all registered products', async (t, { store, start }) => {
    t.equal(await store.share(), 0)
    await refreshed(store, 'a', [])
    const { token } = await refreshed(store, 'b', [])
    await store.createProduct({ name: 'pending' })
    t.equal(await store.share(), 2)
    await store.settle([{ type: 'forgotten', token, at: start, dueAt: start, ...DOWN }])
    t.equal(await store.share(), 1)
  })
}
