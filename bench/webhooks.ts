/**
 * Measures how fast changes arrive at one webhook. The receiver runs in another thread and verifies nothing:
 *
 *     node bench/webhooks.ts [--singles 5000] [--batched 200000]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { buildApp } from '../app.ts'
import { readConfig } from '../config/config.ts'
import type { Webhook } from '../schemas/webhook.ts'
import { startReceiver } from './webhook-receiver.ts'

const WEBHOOKS = '/api/v1/webhooks'

/** The maximum number of products per call of the store. */
const BATCH = 1_000

const { values } = parseArgs({
  options: {
    singles: { type: 'string', default: '5000' },
    batched: { type: 'string', default: '200000' },
  },
})

await using receiver = await startReceiver()
const folder = await mkdtemp(join(tmpdir(), 'webhooks-'))
const config = readConfig({
  ...{ LOG_LEVEL: 'error', DATABASE_URL: `file:${join(folder, 'bench.db')}` },
  ...{ OFFERS_BASE_URL: 'http://127.0.0.1:9/api/v1', WEBHOOK_ALLOW_PRIVATE: 'true' },
})
const app = buildApp(config)
await app.ready()

/** Returns how many changes arrived per second. Throws if any was missing. */
async function run(batchSize: number, changes: number): Promise<number> {
  while (app.store.lastSeq < changes) {
    await app.store.createProducts(Array.from({ length: BATCH }, (_, n) => ({ name: `${n}` })))
  }
  const path = `/${batchSize}`
  const payload = { url: receiver.url + path, batch_size: batchSize }
  const { id } = (await app.inject({ method: 'POST', url: WEBHOOKS, payload })).json<Webhook>()
  const started = Date.now()
  const after = app.store.lastSeq - changes
  await app.inject({ method: 'POST', url: `${WEBHOOKS}/${id}/replay`, payload: { after } })
  while (app.webhooks.lag > 0) await delay(10)
  const arrived = (await receiver.arrived())(path)
  if (arrived.changes < changes || arrived.gaps > 0) {
    throw new Error(`of ${changes} changes ${arrived.changes} arrived, with ${arrived.gaps} gaps`)
  }
  await app.inject({ method: 'DELETE', url: `${WEBHOOKS}/${id}` })
  return Math.round((changes * 1000) / (arrived.lastAt - started))
}

try {
  console.log(`single messages a second: ${await run(1, Number(values.singles))}`)
  console.log(`changes a second, 500 in a message: ${await run(500, Number(values.batched))}`)
} finally {
  await app.close()
  await rm(folder, { recursive: true })
}
