import { randomUUIDv7 } from 'node:crypto'
import type { IdempotencyKey, Store } from '../../../db/store.ts'
import type { ContractTests } from '../fixture.ts'

const UNKNOWN = '019aa9f0-5c00-7000-8000-00000000dead'
const NOT_FOUND = { code: 'PRODUCT_NOT_FOUND', message: `There is no product ${UNKNOWN}` }

function create(store: Store, productId: string | null, once?: IdempotencyKey, limit = 9) {
  const settings = { url: 'https://receiver.example/', types: [], productId, tag: null }
  const id = randomUUIDv7()
  const webhook = { ...settings, id, batchSize: 1, enabled: true, secret: 'whsec_AAAA' }
  return store.createWebhook(webhook, limit, once)
}

/** Webhooks about one product. */
export function webhookProductContract({ testAlone }: ContractTests): void {
  testAlone('a webhook about an unknown product is not created', async (t, { store }) => {
    const once = { key: 'k', request: 'r' }
    await t.rejects(create(store, UNKNOWN, once), NOT_FOUND)
    await t.rejects(create(store, UNKNOWN, undefined, 0), NOT_FOUND)
    t.same(await store.webhooks(0, 9), [])
    await store.createProduct({ name: 'a' }, { id: UNKNOWN })
    const made = await create(store, UNKNOWN, once)
    t.equal(made.productId, UNKNOWN, 'its key was left free')
    await store.deleteProduct(UNKNOWN)
    t.strictSame(await create(store, UNKNOWN, once), made, 'a request that is sent again')
  })

  testAlone('a webhook is not changed to be about an unknown product', async (t, { store }) => {
    const { id } = await create(store, null)
    const before = await store.webhook(id)
    const change = { type: 'settings', productId: UNKNOWN, batchSize: 5 } as const
    await t.rejects(store.changeWebhook(id, change), NOT_FOUND)
    await t.rejects(store.changeWebhook(id, change, [2]), { code: 'VERSION_MISMATCH' })
    t.strictSame(await store.webhook(id), before)
    await store.createProduct({ name: 'a' }, { id: UNKNOWN })
    t.match(await store.changeWebhook(id, change), { productId: UNKNOWN, batchSize: 5 })
  })

  testAlone('a webhook outlives its product, and can be changed', async (t, { store }) => {
    const { id: productId } = await store.createProduct({ name: 'a' })
    const { id } = await create(store, productId)
    await store.deleteProduct(productId)
    t.match(await store.webhook(id), { productId, enabled: true })
    const kept = { type: 'settings', productId, batchSize: 5 } as const
    t.match(await store.changeWebhook(id, kept), { productId, batchSize: 5 })
    t.match(await store.changeWebhook(id, { type: 'replay', after: 0 }), { productId, cursor: 0 })
    const all = { type: 'settings', productId: null } as const
    t.match(await store.changeWebhook(id, all), { productId: null })
    const gone = { code: 'PRODUCT_NOT_FOUND' }
    await t.rejects(store.changeWebhook(id, kept), gone)
    await t.rejects(create(store, productId), gone)
  })
}
