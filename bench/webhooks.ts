/**
 * How fast changes are delivered to one webhook, by a receiver in another thread that verifies nothing:
 *
 *     node bench/webhooks.ts [--singles 5000] [--batched 200000]
 */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { buildApp } from '../app.ts'
import { readConfig } from '../config/config.ts'
import type { Webhook } from '../schemas/webhook.ts'

const WEBHOOKS = '/api/v1/webhooks'

/** The most products per call of the store. */
const BATCH = 1_000

async function receive(): Promise<void> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  parentPort?.postMessage((server.address() as AddressInfo).port)
}

async function measure(): Promise<void> {
  const { values } = parseArgs({
    options: {
      singles: { type: 'string', default: '5000' },
      batched: { type: 'string', default: '200000' },
    },
  })
  const receiver = new Worker(new URL(import.meta.url))
  const [port] = await once(receiver, 'message')
  const folder = await mkdtemp(join(tmpdir(), 'webhooks-'))
  const config = readConfig({
    ...{ LOG_LEVEL: 'error', DATABASE_URL: `file:${join(folder, 'bench.db')}` },
    ...{ OFFERS_BASE_URL: 'http://127.0.0.1:9/api/v1', WEBHOOK_ALLOW_PRIVATE: 'true' },
  })
  const app = buildApp(config)
  await app.ready()

  async function run(batchSize: number, changes: number): Promise<number> {
    while (app.store.lastSeq < changes) {
      await app.store.createProducts(Array.from({ length: BATCH }, (_, n) => ({ name: `${n}` })))
    }
    const url = `http://127.0.0.1:${port}/`
    const payload = { url, batch_size: batchSize }
    const { id } = (await app.inject({ method: 'POST', url: WEBHOOKS, payload })).json<Webhook>()
    const started = performance.now()
    const after = app.store.lastSeq - changes
    await app.inject({ method: 'POST', url: `${WEBHOOKS}/${id}/replay`, payload: { after } })
    while (app.webhooks.lag > 0) await delay(10)
    const seconds = (performance.now() - started) / 1000
    await app.inject({ method: 'DELETE', url: `${WEBHOOKS}/${id}` })
    return Math.round(changes / seconds)
  }

  try {
    console.log(`single messages a second: ${await run(1, Number(values.singles))}`)
    console.log(`changes a second, 500 in a message: ${await run(500, Number(values.batched))}`)
  } finally {
    await app.close()
    await receiver.terminate()
    await rm(folder, { recursive: true })
  }
}

await (isMainThread ? measure() : receive())
