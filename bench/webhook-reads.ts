/**
 * Measures response times at a steady rate of requests while many changes are delivered to many webhooks, and the same
 * without webhooks. One of the receivers never answers:
 *
 *     node bench/webhook-reads.ts [--webhooks 50] [--changes 1000] [--rate 500] [--seconds 6] [--rounds 3]
 *
 * The receivers run in a thread of this program, so on a machine with few processors they cause some of the difference.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { call, type Running, SERVICE } from '../test/process.ts'
import { median } from './figures.ts'
import { output } from './programs.ts'
import { HANGING, type Receiver, startReceiver } from './webhook-receiver.ts'
import { inWorkspace, status, usage } from './workspace.ts'

const { values } = parseArgs({
  options: {
    webhooks: { type: 'string', default: '50' },
    changes: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '3' },
    products: { type: 'string', default: '2000' },
    'batch-size': { type: 'string', default: '500' },
  },
})
const webhooks = Number(values.webhooks)
const perSecond = Number(values.changes)
const batchSize = Number(values['batch-size'])

/** The time between two calls, each of which makes all changes that are due. */
const INTERVAL_MS = 100

/** The maximum number of products per call. */
const MAX_PER_CALL = 1_000

const API = '/api/v1'

/** The figures of a round. */
interface RoundFigures {
  p99Ms: number
  /** The processor time that the service used per second. */
  cpu: number
  /** The changes made per second. */
  made: number
  /** The changes per second that arrived at a webhook on average, and at the slowest one. */
  arrived?: number
  slowest?: number
}

async function createProducts({ url }: Running): Promise<string[]> {
  const ids: string[] = []
  const count = Number(values.products)
  while (ids.length < count) {
    const items = Array.from({ length: Math.min(MAX_PER_CALL, count - ids.length) }, (_, n) => ({
      name: `Product ${ids.length + n}`,
    }))
    const { json } = await call('POST', `${url}${API}/products/batch`, { items })
    ids.push(...json.items.map(({ product }: { product: { id: string } }) => product.id))
  }
  return ids
}

/** Changes products at a steady rate until it is told to stop. */
function keepChanging({ url }: Running, ids: string[]) {
  let isOver = false
  async function run(): Promise<void> {
    const began = performance.now()
    for (let made = 0; !isOver; ) {
      const due = Math.floor(((performance.now() - began) * perSecond) / 1000)
      const items = Array.from(
        { length: Math.min(MAX_PER_CALL, ids.length, due - made) },
        (_, n) => ({
          id: ids[(made + n) % ids.length],
          description: `Change ${made + n}`,
        }),
      )
      if (items.length > 0) {
        const { status, json } = await call('POST', `${url}${API}/products/batch/update`, { items })
        if (status !== 200) throw new Error(json.message)
      }
      made += items.length
      await delay(INTERVAL_MS)
    }
  }
  const running = run()
  return {
    async stop(): Promise<void> {
      isOver = true
      await running
    },
  }
}

/** Creates webhooks. The last one leads to a receiver that never answers; returns the paths of the others. */
async function createWebhooks({ url }: Running, receiver: Receiver): Promise<string[]> {
  const paths = Array.from({ length: webhooks - 1 }, (_, n) => `/${n}`)
  for (const path of [...paths, HANGING]) {
    const webhook = { url: receiver.url + path, batch_size: batchSize }
    const { status, json } = await call('POST', `${url}${API}/webhooks`, webhook)
    if (status !== 201) throw new Error(json.message)
  }
  return paths
}

/** Runs a service of its own, changes products on it, and measures reads meanwhile. */
async function round(receiver: Receiver | undefined): Promise<RoundFigures> {
  const found: RoundFigures[] = []
  await inWorkspace(async ({ folder, start }) => {
    // At the level `info`, the service logs where it listens, which `start` waits for.
    const service = await start(SERVICE, {
      ...{ PORT: '0', LOG_LEVEL: 'info', DATABASE_URL: `file:${join(folder, 'bench.db')}` },
      ...{ OFFERS_BASE_URL: 'http://127.0.0.1:9/api/v1', REFRESH_INTERVAL_SECONDS: '86400' },
      WEBHOOK_ALLOW_PRIVATE: 'true',
    })
    const ids = await createProducts(service)
    const paths = receiver ? await createWebhooks(service, receiver) : []
    const counts = async () => {
      const arrived = await receiver?.arrived()
      return paths.map((path) => arrived?.(path).changes ?? 0)
    }
    const changing = keepChanging(service, ids)
    const file = join(folder, 'urls.json')
    const list = `${service.url}${API}/products?limit=50`
    const urls = ids.flatMap((id) => [
      `${service.url}${API}/products/${id}`,
      `${service.url}${API}/products/${id}/offers`,
      list,
    ])
    await writeFile(file, JSON.stringify(urls))
    const [seqBefore, before, used] = [await status(service), await counts(), await usage(service)]
    const began = Date.now()
    const options = ['--urls', file, '--rate', values.rate, '--seconds', values.seconds]
    const { p99 } = JSON.parse(await output('open-loop.ts', options))
    const [after, seqAfter] = [await counts(), await status(service)]
    const seconds = (Date.now() - began) / 1000
    const { cpuS } = await usage(service)
    await changing.stop()
    const rates = after.map((count, n) => (count - (before[n] ?? 0)) / seconds)
    found.push({
      p99Ms: p99,
      cpu: (cpuS - used.cpuS) / seconds,
      made: Math.round((seqAfter.last_seq - seqBefore.last_seq) / seconds),
      ...(rates.length > 0 && {
        arrived: Math.round(rates.reduce((sum, rate) => sum + rate, 0) / rates.length),
        slowest: Math.round(Math.min(...rates)),
      }),
    })
  })
  return found[0] as RoundFigures
}

async function withWebhooks(): Promise<RoundFigures> {
  await using receiver = await startReceiver()
  return await round(receiver)
}

const [beside, alone]: [RoundFigures[], RoundFigures[]] = [[], []]
for (let n = 0; n < Number(values.rounds); n += 1) {
  for (const [samples, found] of [
    [beside, await withWebhooks()],
    [alone, await round(undefined)],
  ] as const) {
    samples.push(found)
    console.log(
      `${found.arrived === undefined ? 'without webhooks' : `${webhooks} webhooks`}:`,
      found,
    )
  }
}
const [p99, p99Alone] = [beside, alone].map((all) => median(all.map(({ p99Ms }) => p99Ms)))
console.log(
  `p99 at ${values.rate} requests/s: ${p99?.toFixed(1)} ms while ${webhooks} webhooks, of which one hangs, get ` +
    `${perSecond} changes/s; ${p99Alone?.toFixed(1)} ms without webhooks`,
)
