import { DOWN } from '../../helper.ts'
import { type ContractTests, INTERVAL, refreshed } from '../fixture.ts'

/** Which registrations are handed out, and who is notified that some are due. */
export function registrationContract({ test }: ContractTests): void {
  test('a product is registered at once although the clock stepped back', async (t, f) => {
    await f.store.createProduct({ name: 'a' })
    f.time.now -= INTERVAL
    await f.store.createProduct({ name: 'b' })
    t.match(await f.store.takeRegistrations(f.time.now, 9), [{ name: 'b' }])
  })

  test('a registration is handed out once, when it is due, the longest due first', async (t, f) => {
    const { store, time } = f
    await store.createProduct({ name: 'a' })
    time.now += 10
    await store.createProduct({ name: 'b' })
    await store.createProduct({ name: 'c' })
    const names = async (dueBy: number, limit: number) =>
      (await store.takeRegistrations(dueBy, limit)).map(({ name }) => name)
    t.same(await names(f.start - 1, 9), [])
    t.same(await names(f.start + 9, 9), ['a'])
    t.same(await names(f.start + 10, 1), ['b'])
    t.same(await names(f.start + 10, 9), ['c'])
    t.same(await names(Number.POSITIVE_INFINITY, 9), [])
  })

  test('a registration carries what is needed for it', async (t, { store, start }) => {
    const { id } = await store.createProduct({ name: 'a', description: 'b' })
    t.match(await store.takeRegistrations(start, 1), [
      { id, name: 'a', description: 'b', version: 1, failures: 0, registeredAt: null },
    ])
  })

  test('a registration that failed or was released is handed out again', async (t, {
    store,
    start,
  }) => {
    await store.createProduct({ name: 'a' })
    const [task] = await store.takeRegistrations(start, 1)
    const token = task?.token ?? ''
    await store.settle([{ type: 'released', token }])
    t.match(await store.takeRegistrations(start, 1), [{ token, failures: 0 }])
    await store.settle([
      { type: 'registration-failed', token, at: start, dueAt: start + 500, ...DOWN },
    ])
    t.same(await store.takeRegistrations(start + 499, 1), [])
    t.match(await store.takeRegistrations(start + 500, 1), [{ token, failures: 1 }])
  })

  test('registrations can be expedited, but not delayed', async (t, { store, start }) => {
    await store.createProducts([{ name: 'a' }, { name: 'b' }])
    const [a, b] = await store.takeRegistrations(start, 2)
    await store.settle([
      {
        type: 'registration-failed',
        token: a?.token ?? '',
        at: start,
        dueAt: start + 500,
        ...DOWN,
      },
      { type: 'registration-failed', token: b?.token ?? '', at: start, dueAt: start + 5, ...DOWN },
    ])
    const { token } = await refreshed(store, 'forgotten', [])
    await store.settle([{ type: 'forgotten', token, at: start, dueAt: start + 500, ...DOWN }])
    await store.expediteRegistrations(start + 10)
    t.match(await store.takeRegistrations(start + 10, 3), [{ name: 'b' }, { name: 'a' }])
    t.equal((await store.takeRegistrations(start + 500, 3)).length, 1, 'the forgotten one waits')
  })

  test('a first registration is expedited where the clock was put back', async (t, {
    store,
    start,
  }) => {
    await store.createProduct({ name: 'a' })
    const now = start - INTERVAL
    t.same(await store.takeRegistrations(now, 1), [])
    await store.expediteRegistrations(now)
    t.match(await store.takeRegistrations(now, 1), [{ name: 'a' }])
  })

  test('a rejected product shows why and is registered again when changed', async (t, {
    store,
    start,
  }) => {
    const { id } = await store.createProduct({ name: 'a' })
    const [task] = await store.takeRegistrations(start, 1)
    const { token, version } = task ?? { token: '', version: 0 }
    await store.settle([{ type: 'rejected', token, version, reason: 'too short', at: start }])
    t.match((await store.product(id)).registration, { status: 'rejected', reason: 'too short' })
    t.same(await store.takeRegistrations(Number.POSITIVE_INFINITY, 1), [])
    t.equal((await store.totals()).pending, 0)
    t.match((await store.updateProduct(id, { name: 'a' })).registration, {
      status: 'pending',
      reason: null,
    })
    t.match(await store.takeRegistrations(start, 1), [{ token, failures: 0 }])
  })

  test('a rejection of a text that was changed meanwhile does not count', async (t, {
    store,
    start,
  }) => {
    const { id } = await store.createProduct({ name: 'a' })
    const [task] = await store.takeRegistrations(start, 1)
    await store.updateProduct(id, { name: 'b' })
    const { token, version } = task ?? { token: '', version: 0 }
    await store.settle([{ type: 'rejected', token, version, reason: 'too short', at: start }])
    t.equal((await store.product(id)).registration.status, 'pending')
    t.match(await store.takeRegistrations(start, 1), [{ name: 'b', version: 2 }])
  })

  test('listeners are notified of registrations that became due', async (t, { store, start }) => {
    let heard = 0
    const remove = store.onRegistrationsDue(() => {
      heard += 1
    })
    const { id } = await store.createProduct({ name: 'a' })
    t.equal(heard, 1)
    await store.createProducts([{ name: 'b' }])
    t.equal(heard, 2)
    await store.updateProduct(id, { name: 'c' })
    t.equal(heard, 3, 'a pending product may have been held back')
    await store.expediteRegistrations(start)
    t.equal(heard, 4)
    const credentials = { account: 'a', accessToken: 't', expiresAt: null }
    await store.saveCredentials(credentials, await store.credentials())
    t.equal(heard, 4, 'a new token alone makes nothing due')
    await store.saveCredentials(credentials, await store.credentials(), { at: start })
    t.equal(heard, 5)
    remove()
    await store.createProduct({ name: 'd' })
    t.equal(heard, 5)
  })

  test('a change of a registered product makes nothing due', async (t, { store }) => {
    const { id } = await refreshed(store, 'a', [])
    const remove = store.onRegistrationsDue(() => t.fail('nothing is due'))
    await store.updateProduct(id, { name: 'b' })
    t.equal((await store.totals()).pending, 0)
    remove()
  })
}
