import { randomUUIDv7 } from 'node:crypto'
import type { Test } from 'tap'
import type { DeliveryState, Store, StoredWebhook, WebhookTask } from '../../../db/store.ts'
import { type ContractTests, DAY } from '../fixture.ts'

const LIMIT = 3
const UNKNOWN = '019aa9f0-5c00-7000-8000-00000000dead'
const SETTINGS = {
  url: 'https://receiver.example/',
  types: [],
  productId: null,
  tag: null as string | null,
  batchSize: 1,
  enabled: true,
}

/** Creates a webhook. */
const create = async (store: Store, settings: Partial<typeof SETTINGS> = {}) => {
  const webhook = { ...SETTINGS, ...settings, id: randomUUIDv7(), secret: 'whsec_AAAA' }
  return { ...(await store.createWebhook(webhook, LIMIT)), secret: webhook.secret }
}

/** A webhook as it is handed out. */
async function taken(store: Store, id: string): Promise<WebhookTask> {
  const found = (await store.takeWebhooks()).find((task) => task.id === id)
  if (!found) throw new Error('the webhook was not handed out')
  return found
}

const stateOf = (webhook: StoredWebhook): DeliveryState => {
  const { cursor, pending, enabled, failures, failingSince } = webhook
  const { lastStatus, lastError, nextAttemptAt } = webhook
  const result = { lastStatus, lastError, nextAttemptAt }
  return { cursor, pending, enabled, failures, failingSince, ...result }
}

const FAILED = {
  ...{ failures: 2, failingSince: 5, lastStatus: 500, lastError: 'The receiver answered 500' },
  nextAttemptAt: 7,
}

/** The changes that leave the feed at a time. */
async function compact(store: Store, changesBefore: number): Promise<void> {
  while (await store.compact({ rollBefore: 0, rawBefore: 0, changesBefore }));
}

/** Webhooks, and how far their deliveries have come. */
export function webhookContract({ testAlone }: ContractTests): void {
  testAlone('a webhook gets the changes after its creation', async (t, { store, start }) => {
    await store.createProduct({ name: 'a' })
    const webhook = await create(store, { batchSize: 10, tag: 'x' })
    t.strictSame(webhook, {
      ...{ ...SETTINGS, key: 1, id: webhook.id, createdAt: start, batchSize: 10, tag: 'x' },
      ...{ version: 1, secret: 'whsec_AAAA', previousSecret: null, previousUntil: null },
      ...{ cursor: store.lastSeq, pending: null, failures: 0, failingSince: null },
      ...{ lastStatus: null, lastError: null, nextAttemptAt: null },
    })
    t.strictSame(await store.webhook(webhook.id), webhook)
  })

  testAlone('webhooks are listed by age, and are kept', async (t, f) => {
    const all = [await create(f.store), await create(f.store), await create(f.store)]
    t.strictSame(await f.store.webhooks(0, 2), all.slice(0, 2))
    t.strictSame(await f.store.webhooks(all[1]?.key ?? 0, 2), all.slice(2))
    await f.store.close()
    t.strictSame(await (await f.open()).webhooks(0, 9), all)
  })

  testAlone('there are only so many webhooks, also if they come together', async (t, { store }) => {
    const created = await Promise.allSettled(Array.from({ length: 5 }, () => create(store)))
    const failed = created.filter(({ status }) => status === 'rejected')
    t.equal(failed.length, 2)
    t.match(failed[0], { reason: { code: 'TOO_MANY_WEBHOOKS', message: /^There are 3 webhooks/ } })
    const [first] = await store.webhooks(0, 9)
    await store.deleteWebhook(first?.id ?? '')
    t.equal((await store.webhooks(0, 9)).length, 2)
    await create(store)
    await t.rejects(create(store), { code: 'TOO_MANY_WEBHOOKS' })
  })

  testAlone('a webhook is created once for a key, whose result has no secret', async (t, f) => {
    const { store } = f
    const send = (request = 'r') => {
      const webhook = { ...SETTINGS, id: randomUUIDv7(), secret: `whsec_${randomUUIDv7()}` }
      return store.createWebhook(webhook, LIMIT, { key: 'k', request })
    }
    const [first, ...others] = await Promise.all([send(), send(), send(), send(), send()])
    await store.changeWebhook(first.id, { type: 'settings', batchSize: 9 })
    for (const other of [...others, await send()]) t.strictSame(other, first)
    t.notMatch(JSON.stringify(first), 'whsec_')
    await t.rejects(send('another'), { code: 'IDEMPOTENCY_KEY_REUSED' })
    t.equal((await store.webhooks(0, 9)).length, 1)
    await store.deleteWebhook(first.id)
    t.strictSame(await send(), first)
  })

  testAlone('the webhook of a key is found without creating one', async (t, f) => {
    const { store, time } = f
    const once = { key: 'k', request: 'r' }
    t.equal(await store.createdWebhook(once), undefined)
    const webhook = { ...SETTINGS, id: randomUUIDv7(), secret: 'whsec_AAAA' }
    const first = await store.createWebhook(webhook, LIMIT, once)
    t.strictSame(await store.createdWebhook(once), first)
    const reused = { code: 'IDEMPOTENCY_KEY_REUSED' }
    await t.rejects(store.createdWebhook({ ...once, request: 'another' }), reused)
    await store.deleteWebhook(first.id)
    t.strictSame(await store.createdWebhook(once), first)
    time.now += DAY + 1
    t.equal(await store.createdWebhook(once), undefined)
    t.same(await store.webhooks(0, 9), [])
  })

  testAlone('where there are too many webhooks, a key stays free', async (t, { store }) => {
    const [first] = await Promise.all([create(store), create(store), create(store)])
    const again = () =>
      store.createWebhook({ ...SETTINGS, id: UNKNOWN, secret: 's' }, LIMIT, {
        ...{ key: 'k', request: 'r' },
      })
    await t.rejects(again(), { code: 'TOO_MANY_WEBHOOKS' })
    await store.deleteWebhook(first.id)
    t.match(await again(), { id: UNKNOWN })
  })

  testAlone('an unknown webhook is told', async (t, { store }) => {
    const error = { code: 'WEBHOOK_NOT_FOUND', message: `There is no webhook ${UNKNOWN}` }
    await t.rejects(store.webhook(UNKNOWN), error)
    await t.rejects(store.deleteWebhook(UNKNOWN), error)
    await t.rejects(store.changeWebhook(UNKNOWN, { type: 'replay', after: 0 }), error)
  })

  testAlone('a change of settings has the next attempt made at once', async (t, { store }) => {
    const { id } = await create(store)
    const { id: productId } = await store.createProduct({ name: 'a' })
    const task = await taken(store, id)
    await store.saveDeliveries([{ ...stateOf(task), ...FAILED, pending: 9, token: task.token }])
    const url = 'https://other.example/'
    const moved = await store.changeWebhook(id, { type: 'settings', url, types: [] })
    const due = { failures: 0, failingSince: null, nextAttemptAt: null }
    t.match(moved, { url, ...due, pending: 9, lastError: FAILED.lastError })
    t.strictSame(await store.webhook(id), moved)
    const filtered = [
      { types: ['product.created' as const] },
      { productId },
      { tag: 'x' },
      { batchSize: 7 },
    ]
    for (const settings of filtered) {
      const pending = await taken(store, id)
      await store.saveDeliveries([{ ...stateOf(pending), pending: 9, token: pending.token }])
      const changed = await store.changeWebhook(id, { type: 'settings', ...settings })
      t.match(changed, { ...settings, pending: null }, 'the message would be another one')
    }
  })

  testAlone('a disabled webhook is not handed out until it is enabled', async (t, { store }) => {
    const { id } = await create(store)
    const task = await taken(store, id)
    await store.saveDeliveries([{ ...stateOf(task), ...FAILED, enabled: false, token: task.token }])
    t.strictSame(await store.takeWebhooks(), [])
    t.match(await store.webhook(id), { ...FAILED, enabled: false })
    await store.changeWebhook(id, { type: 'settings', enabled: true })
    t.match(await taken(store, id), { enabled: true, failures: 0, lastError: null })
    await store.changeWebhook(id, { type: 'settings', enabled: false })
    t.strictSame(await store.takeWebhooks(), [])
  })

  testAlone('what was delivered before a change does not count for it', async (t, { store }) => {
    const { id } = await create(store)
    await store.createProduct({ name: 'a' })
    const task = await taken(store, id)
    await store.changeWebhook(id, { type: 'replay', after: 0 })
    const delivery = { ...stateOf(task), cursor: 1, token: task.token }
    t.same(await store.saveDeliveries([delivery]), [task.token])
    t.equal((await store.webhook(id)).cursor, 0)
    const { token } = await taken(store, id)
    t.same(await store.saveDeliveries([{ ...delivery, token }]), [])
    t.equal((await store.webhook(id)).cursor, 1)
    await store.deleteWebhook(id)
    t.same(await store.saveDeliveries([{ ...delivery, token }]), [token])
    t.same(await store.saveDeliveries([{ ...delivery, token: 'forged' }]), ['forged'])
  })

  testAlone(
    'a rotation keeps the secret before it, and nothing else changes',
    async (t, { store }) => {
      const { id } = await create(store)
      const task = await taken(store, id)
      await store.saveDeliveries([{ ...stateOf(task), ...FAILED, token: task.token }])
      const rotation = { type: 'rotate', secret: 'whsec_BBBB', previousUntil: 99 } as const
      t.match(await store.changeWebhook(id, rotation), {
        ...{ ...FAILED, secret: 'whsec_BBBB', previousSecret: 'whsec_AAAA', previousUntil: 99 },
      })
      t.strictSame(await taken(store, id), {
        ...(await store.webhook(id)),
        token: (await taken(store, id)).token,
      })
    },
  )

  async function feedOfDays(t: Test, store: Store, time: { now: number }, start: number) {
    for (const day of [0, 1, 2]) {
      time.now = start + day * DAY
      await store.createProduct({ name: `${day}` })
    }
    t.equal(store.lastSeq, 3)
  }

  testAlone('the feed keeps what an enabled webhook has yet to get, for a week', async (t, f) => {
    const { store, time, start } = f
    const { id } = await create(store)
    await feedOfDays(t, store, time, start)
    const task = await taken(store, id)
    await store.saveDeliveries([{ ...stateOf(task), cursor: 1, token: task.token }])
    await compact(store, start + 5 * DAY)
    const first = async () => (await store.changes({ limit: 9 })).items[0]?.seq
    t.equal(await first(), 2, 'what was delivered is gone')
    await compact(store, start + 8 * DAY)
    t.equal(await first(), 2)
    await compact(store, start + 8 * DAY + 1)
    t.equal(await first(), 3, 'and what is a week older than other changes may be')
    await store.changeWebhook(id, { type: 'settings', enabled: false }).catch(() => {})
    await store.deleteWebhook(id)
    await compact(store, start + 5 * DAY)
    t.equal(await first(), undefined)
  })

  testAlone('a disabled webhook keeps nothing in the feed', async (t, f) => {
    const { store, time, start } = f
    const { id } = await create(store, { enabled: false })
    await feedOfDays(t, store, time, start)
    await compact(store, start + 5 * DAY)
    t.same((await store.changes({ limit: 9 })).items, [])
    const gone = { code: 'CHANGES_COMPACTED', message: /^The changes after 0 are gone/ }
    await t.rejects(store.changeWebhook(id, { type: 'settings', enabled: true }), gone)
    await t.rejects(store.changeWebhook(id, { type: 'replay', after: 0 }), gone)
    t.match(await store.changeWebhook(id, { type: 'settings', batchSize: 2 }), { batchSize: 2 })
    await store.changeWebhook(id, { type: 'replay', after: 3 })
    t.match(await store.changeWebhook(id, { type: 'settings', enabled: true }), { cursor: 3 })
  })
}
