import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import { openStore } from '../../../db/open.ts'
import type { Store } from '../../../db/store.ts'
import { moveDatabase } from '../../../db/transfer/move.ts'
import { temporaryFolder } from '../../helper.ts'
import { postgresDatabase } from '../../postgres/database.ts'

const NOW = Date.now()

const once = (key: string) => ({ key, request: 'request' })

const ALERT = {
  ...{ name: 'a', productId: null, tag: 'deal', enabled: true },
  rule: {
    condition: { type: 'price_below' as const, price: 100 },
    ...{ rearm_percent: 0, cooldown_s: 0, fire_if_true: true },
  },
}

const WEBHOOK = {
  ...{ url: 'https://example.com/', types: [], productId: null, tag: null },
  ...{ batchSize: 5, enabled: true, secret: 'whsec_AA==' },
}

/** What requests with keys result in. */
async function requests(store: Store) {
  const items = [
    { name: 'Saw', external_id: 'saw' },
    { name: 'Mower', external_id: 'mower', tags: ['deal'], metadata: { colour: 'red' } },
  ]
  return {
    product: await store.createProduct(
      { name: 'Mower', external_id: 'mower' },
      { once: once('product') },
    ),
    batch: await store.createProducts(items, 'update', once('batch')),
    alert: await store.createAlert(ALERT, once('alert')),
    webhook: await store.createWebhook({ id: randomUUIDv7(), ...WEBHOOK }, 9, once('webhook')),
  }
}

t.test('a request that is sent again after a move results in the same as before', async (t) => {
  const folder = await temporaryFolder(t)
  const [first, second] = [`file:${join(folder, 'first.db')}`, `file:${join(folder, 'second.db')}`]
  const server = await postgresDatabase(t, { empty: true })
  const options = { clock: () => NOW, newId: randomUUIDv7, staleAfterMs: 180_000 }
  async function requested(url: string) {
    const store = await openStore(url, { ...options, databaseClock: () => NOW })
    try {
      return { results: await requests(store), lastSeq: store.lastSeq }
    } finally {
      await store.close()
    }
  }
  const before = await requested(first)
  await moveDatabase(first, server, {})
  t.strictSame(await requested(server), before)
  await moveDatabase(server, second, {})
  t.strictSame(await requested(second), before)
})
