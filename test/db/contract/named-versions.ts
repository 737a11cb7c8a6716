import { randomUUIDv7 } from 'node:crypto'
import type { Test } from 'tap'
import type { AlertToCreate, Store } from '../../../db/store.ts'
import type { Alert } from '../../../schemas/alert.ts'
import type { Condition } from '../../../schemas/alert-rules.ts'
import { type ContractTests, INTERVAL, offer, refreshed } from '../fixture.ts'
import { firingsOf, polls, rule } from './watched.ts'

const UNKNOWN = '019aa9f0-5c00-7000-8000-00000000dead'
const BELOW: Condition = { type: 'price_below', price: 100 }
const MISMATCH = { code: 'VERSION_MISMATCH' }

const alertOf = (productId: string | null): AlertToCreate => ({
  ...{ name: 'a', productId, tag: null, rule: rule(BELOW), enabled: true },
})

const createWebhook = (store: Store) =>
  store.createWebhook(
    {
      ...{ id: randomUUIDv7(), url: 'https://receiver.example/', types: [], productId: null },
      ...{ tag: null, batchSize: 1, enabled: true, secret: 'whsec_AAAA' },
    },
    9,
  )

const versionOf = ({ updated_at }: Alert) => Date.parse(updated_at)

/** Asserts that one of some calls was carried out, and the others found another version. */
async function onlyOne(t: Test, calls: Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(calls)
  const refused = results.filter((result) => result.status === 'rejected')
  t.equal(refused.length, calls.length - 1)
  for (const { reason } of refused) t.match(reason, MISMATCH)
}

/** Changes and deletions of alerts and webhooks that name the versions they are meant for. */
export function namedVersionContract({ test, testAlone }: ContractTests): void {
  test('an alert is changed and deleted only at a named version', async (t, { store }) => {
    const made = await store.createAlert(alertOf(null))
    const version = versionOf(made)
    const error = {
      ...MISMATCH,
      message: `Alert ${made.id} has changed since the version that If-Match names`,
    }
    for (const versions of [[], [version - 1], [version + 1, 1]]) {
      await t.rejects(store.updateAlert(made.id, { enabled: false }, versions), error)
      await t.rejects(store.deleteAlert(made.id, versions), error)
      t.same(await store.alert(made.id), made, 'nothing was changed')
    }
    const changed = await store.updateAlert(made.id, { name: 'b' }, [1, version])
    t.equal(changed.name, 'b')
    await t.rejects(store.updateAlert(made.id, { name: 'c' }, [version]), error)
    await t.rejects(store.deleteAlert(made.id, [version]), error)
    t.same(await store.alert(made.id), changed)
    await store.deleteAlert(made.id, [versionOf(changed)])
    const unknown = { code: 'ALERT_NOT_FOUND' }
    await t.rejects(store.updateAlert(made.id, { name: 'c' }, [version]), unknown)
    await t.rejects(store.deleteAlert(made.id, [version]), unknown)
  })

  test('each change of an alert makes a later version, whatever the clock does', async (t, f) => {
    const { store, time } = f
    const made = await store.createAlert(alertOf(null))
    let version = versionOf(made)
    for (const step of [0, 0, -INTERVAL, INTERVAL, -1, 9 * INTERVAL]) {
      time.now += step
      const next = versionOf(await store.updateAlert(made.id, { name: 'b' }, [version]))
      t.ok(next > version)
      version = next
    }
    t.equal(version, time.now, 'which is the time if that goes on')
    await store.deleteAlert(made.id)
  })

  test('a firing leaves the version of its alert', async (t, f) => {
    const { store } = f
    const { id, token } = await refreshed(store, 'p', [offer('x', 120)])
    const made = await store.createAlert(alertOf(id))
    await polls(f, token, [90, 120, 90])
    t.equal((await firingsOf(store, made.id)).length, 2)
    t.match(await store.updateAlert(made.id, { name: 'b' }, [versionOf(made)]), { name: 'b' })
  })

  test('of changes of an alert that name one version one is made', async (t, { store }) => {
    const made = await store.createAlert(alertOf(null))
    const change = (name: string) => store.updateAlert(made.id, { name }, [versionOf(made)])
    await onlyOne(t, ['b', 'c', 'd'].map(change))
    const { length } = (await store.alert(made.id)).name
    t.equal(length, 1)
    await store.deleteAlert(made.id)
  })

  testAlone('a webhook is changed and deleted only at a named version', async (t, { store }) => {
    const { id, version } = await createWebhook(store)
    const made = await store.webhook(id)
    t.equal(version, 1)
    const batches = (batchSize: number) => ({ type: 'settings', batchSize }) as const
    const error = {
      ...MISMATCH,
      message: `Webhook ${id} has changed since the version that If-Match names`,
    }
    for (const versions of [[], [2], [0, 3]]) {
      await t.rejects(store.changeWebhook(id, batches(5), versions), error)
      await t.rejects(store.deleteWebhook(id, versions), error)
      t.strictSame(await store.webhook(id), made, 'nothing was changed')
    }
    t.match(await store.changeWebhook(id, batches(5), [7, 1]), { batchSize: 5, version: 2 })
    await t.rejects(store.changeWebhook(id, batches(6), [1]), error)
    t.match(await store.changeWebhook(id, { type: 'replay', after: 0 }), { version: 3 })
    const rotation = { type: 'rotate', secret: 'whsec_BBBB', previousUntil: 9 } as const
    t.match(await store.changeWebhook(id, rotation), { version: 4 })
    await t.rejects(store.deleteWebhook(id, [3]), error)
    await store.deleteWebhook(id, [4])
    const unknown = { code: 'WEBHOOK_NOT_FOUND' }
    await t.rejects(store.changeWebhook(UNKNOWN, batches(5), [1]), unknown)
    await t.rejects(store.deleteWebhook(id, [4]), unknown)
  })

  testAlone('a delivery leaves the version of its webhook', async (t, { store }) => {
    const { id, version } = await createWebhook(store)
    await store.createProduct({ name: 'a' })
    const [task] = await store.takeWebhooks()
    if (!task) throw new Error('the webhook was not handed out')
    const { token } = task
    const delivered = { ...task, token, cursor: 1, enabled: false, lastStatus: 410 }
    t.same(await store.saveDeliveries([delivered]), [])
    const enabled = { type: 'settings', enabled: true } as const
    t.match(await store.changeWebhook(id, enabled, [version]), { cursor: 1, enabled: true })
  })

  testAlone('of changes of a webhook that name one version one is made', async (t, { store }) => {
    const { id } = await createWebhook(store)
    const change = (batchSize: number) =>
      store.changeWebhook(id, { type: 'settings', batchSize }, [1])
    await onlyOne(t, [5, 6, 7].map(change))
    t.match(await store.webhook(id), { version: 2 })
  })
}
