import { DOWN } from '../../helper.ts'
import { type ContractTests, DAY, INTERVAL, offer, refreshed } from '../fixture.ts'

/** The access token of the Offers service, and the secrets of this one. */
export function credentialContract({ test, testAlone }: ContractTests): void {
  testAlone('credentials are kept', async (t, fixture) => {
    t.equal(await fixture.store.credentials(), null)
    const first = { account: 'a', accessToken: 't1', expiresAt: null }
    await fixture.store.saveCredentials(first, null)
    t.same(await fixture.store.credentials(), first)
    const second = { account: 'b', accessToken: 't2', expiresAt: fixture.start }
    await fixture.store.saveCredentials(second, first)
    await fixture.store.close()
    t.same(await (await fixture.open()).credentials(), second)
  })

  testAlone(
    'credentials replace those that were expected, and no others',
    async (t, { store, start }) => {
      const credentials = (accessToken: string, account = 'a') => ({
        ...{ account, accessToken, expiresAt: null },
      })
      const [one, two] = [credentials('1'), credentials('2')]
      const { id } = await refreshed(store, 'a', [])
      const reregister = { at: start }
      t.notOk(await store.saveCredentials(two, one), 'none are kept yet')
      t.equal(await store.credentials(), null)
      t.ok(await store.saveCredentials(one, null))
      for (const expected of [null, two, credentials('1', 'b')]) {
        t.notOk(await store.saveCredentials(two, expected, reregister))
      }
      t.same(await store.credentials(), one)
      t.equal(
        (await store.product(id)).registration.status,
        'registered',
        'nothing of it is applied',
      )
      const saved = ['2', '3', '4'].map((token) => store.saveCredentials(credentials(token), one))
      t.same(await Promise.all(saved), [true, false, false])
      t.same(await store.credentials(), two)
    },
  )

  test('credentials that were not saved make no registration due', async (t, { store, start }) => {
    await refreshed(store, 'a', [])
    const remove = store.onRegistrationsDue(() => t.fail('nothing is due'))
    const credentials = { account: 'x', accessToken: 'never kept', expiresAt: null }
    t.notOk(await store.saveCredentials(credentials, credentials, { at: start }))
    t.same(await store.takeRegistrations(DAY + start, 9), [])
    remove()
  })

  test('new credentials can make all products pending', async (t, { store, start }) => {
    const { id } = await refreshed(store, 'a', [offer('x', 5)])
    await store.createProduct({ name: 'rejected' })
    const [task] = await store.takeRegistrations(start, 1)
    const { token, version } = task ?? { token: '', version: 0 }
    await store.settle([{ type: 'rejected', token, version, reason: 'no', at: start }])
    await store.createProduct({ name: 'failed' })
    const [failed] = await store.takeRegistrations(start, 1)
    await store.settle([
      {
        type: 'registration-failed',
        token: failed?.token ?? '',
        at: start,
        dueAt: start + INTERVAL,
        ...DOWN,
      },
    ])
    const credentials = { account: 'a', accessToken: 't', expiresAt: null }
    await store.saveCredentials(credentials, await store.credentials(), { at: start + 10 })
    t.match(await store.totals(), { pending: 3, registered: 0, offers: 1 })
    t.equal((await store.product(id)).offers_count, 1)
    t.same(await store.takeRefreshes(start + INTERVAL, { most: 9, due: 9, early: 9 }), [])
    t.same(await store.takeRegistrations(start + 9, 9), [])
    t.equal((await store.takeRegistrations(start + 10, 9)).length, 3)
  })

  test('a poll that ends after its product became pending does not make it due', async (t, f) => {
    const { token } = await refreshed(f.store, 'a', [])
    const credentials = { account: 'a', accessToken: 't', expiresAt: null }
    await f.store.saveCredentials(credentials, await f.store.credentials(), { at: f.start })
    await f.store.settle([
      { type: 'refreshed', token, at: f.start, dueAt: f.start, offers: [] },
      { type: 'refresh-failed', token, at: f.start, dueAt: f.start, ...DOWN },
    ])
    t.same(await f.store.takeRefreshes(f.start, { most: 9, due: 9, early: 9 }), [])
  })

  testAlone('a secret is made once', async (t, fixture) => {
    const secret = await fixture.store.secret('a')
    t.equal(secret.length, 32)
    t.same(await fixture.store.secret('a'), secret)
    t.notSame(await fixture.store.secret('b'), secret)
    await fixture.store.close()
    t.same(await (await fixture.open()).secret('a'), secret)
  })

  test('a token is renewed alone, and a failure to do so is told', async (t, { store }) => {
    t.equal(await store.renewAlone(async () => 'renewed'), 'renewed')
    const failure = new Error('no token')
    const failing = store.renewAlone(async () => {
      throw failure
    })
    await t.rejects(failing, failure)
    t.equal(await store.renewAlone(async () => 'again'), 'again')
  })
}
