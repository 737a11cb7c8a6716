import type { ContractTests } from '../fixture.ts'

/** Commits, the check, and the end of a store. */
export function lifecycleContract({ test, testAlone }: ContractTests): void {
  test('writes that come together share commits', async (t, { store, commits }) => {
    const writes = Array.from({ length: 100 }, () => store.createProduct({ name: 'a' }))
    t.equal(store.queuedWrites, 100)
    await Promise.all(writes)
    t.equal(store.queuedWrites, 0)
    t.equal((await store.totals()).products, 100)
    t.equal(
      commits.reduce((sum, writes) => sum + writes, 0),
      100,
    )
    // On a busy machine a transaction may be open for too long for others to join it.
    t.ok(commits.length < 50, `${commits.length} commits`)
  })

  testAlone(
    'closing finishes what was accepted and refuses what comes after',
    async (t, fixture) => {
      const { store } = fixture
      const writes = Array.from({ length: 10 }, () => store.createProduct({ name: 'a' }))
      await store.close()
      await Promise.all(writes)
      await t.rejects(store.createProduct({ name: 'b' }), { message: 'The store is unavailable' })
      await t.rejects(store.check(), { message: 'The store is unavailable' })
      await t.rejects(store.product('a'), { message: 'The store is unavailable' })
      t.equal((await (await fixture.open()).totals()).products, 10)
    },
  )

  test('an instance that is alone counts itself, and has all of the work', async (t, { store }) => {
    t.equal(store.instances, 1)
    t.equal(store.partOfWork(), 1)
  })

  test('a store that works passes its check', async (t, { store }) => {
    await t.resolves(store.check())
  })
}
