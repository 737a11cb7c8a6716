/**
 * Runs the service for some minutes on a simulator in a process of its own. Each product has the same number of offers,
 * and all prices move. Prints how fresh the offers were, and how much processor time and memory the service used:
 *
 *     node bench/soak.ts --products 10000 --offers 10 --interval 60 --minutes 3
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { call, type Running, SERVICE } from '../test/process.ts'
import { inWorkspace, status, usage } from './workspace.ts'

const { values } = parseArgs({
  options: {
    products: { type: 'string', default: '10000' },
    offers: { type: 'string', default: '10' },
    interval: { type: 'string', default: '60' },
    minutes: { type: 'string', default: '3' },
  },
})
const products = Number(values.products)
const interval = Number(values.interval)
const minutes = Number(values.minutes)

/** The number of polls in the busiest second of the last minute, relative to the mean. */
async function unevenness({ url }: Running): Promise<number> {
  const { json } = await call('GET', `${url}/control`)
  const counts = (json.seconds as [number, number][]).slice(-61, -1).map(([, count]) => count)
  const mean = counts.reduce((sum, count) => sum + count, 0) / 60
  return Math.max(...counts) / mean
}

await inWorkspace(async ({ folder, start }) => {
  const simulator = await start('simulator/server.ts', {
    SIMULATOR_PORT: '0',
    SIMULATOR_OFFERS: values.offers,
    SIMULATOR_TICK_SECONDS: String(interval / 2), // So that each poll finds every price changed.
  })
  const service = await start(SERVICE, {
    PORT: '0',
    DATABASE_URL: `file:${join(folder, 'soak.db')}`,
    OFFERS_BASE_URL: `${simulator.url}/api/v1`,
    REFRESH_INTERVAL_SECONDS: String(interval),
  })

  const began = performance.now()
  for (let made = 0; made < products; made += 1000) {
    const items = Array.from({ length: Math.min(1000, products - made) }, (_, index) => ({
      name: `Product ${made + index}`,
      description: 'One of many, with a description of the usual length, which is a sentence.',
    }))
    await call('POST', `${service.url}/api/v1/products/batch`, { items })
  }
  while ((await status(service)).registrations_pending > 0) await delay(100)
  console.log(
    `${products} products registered in ${((performance.now() - began) / 1000).toFixed(1)} s`,
  )

  let before = await usage(service)
  for (let minute = 1; minute <= minutes; minute++) {
    await delay(60_000)
    const { refresh, offers } = await status(service)
    const after = await usage(service)
    console.log({
      minute,
      offers,
      due: refresh.due,
      within_target: refresh.within_target,
      p95_age_s: refresh.p95_age_s,
      busiest_second_to_mean: Number((await unevenness(simulator)).toFixed(2)),
      core_share: Number(((after.cpuS - before.cpuS) / 60).toFixed(3)),
      rss_mb: Math.round(after.rssMb),
    })
    before = after
  }
})
