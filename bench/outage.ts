/**
 * Stops the Offers service for some minutes while products are being created, starts it again, and prints how fast the
 * requests were answered and when the last product was registered:
 *
 *     node bench/outage.ts --minutes 2 --rate 20
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { call, SERVICE } from '../test/process.ts'
import { inWorkspace, status } from './workspace.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '2' }, rate: { type: 'string', default: '20' } },
})
const creates = Number(values.minutes) * 60 * Number(values.rate)

await inWorkspace(async ({ folder, start }) => {
  const simulatorVariables = { SIMULATOR_PORT: '0', SIMULATOR_STATE: join(folder, 'simulator') }
  const simulator = await start('simulator/server.ts', simulatorVariables)
  const service = await start(SERVICE, {
    PORT: '0',
    DATABASE_URL: `file:${join(folder, 'outage.db')}`,
    OFFERS_BASE_URL: `${simulator.url}/api/v1`,
  })
  const create = () => call('POST', `${service.url}/api/v1/products`, { name: 'A product' })
  await create()
  while ((await status(service)).registrations_pending > 0) await delay(10)
  await simulator.stop('SIGKILL')

  const began = performance.now()
  const times: number[] = []
  let refused = 0
  for (let n = 0; n < creates; n++) {
    await delay(Math.max(0, began + (n * 1000) / Number(values.rate) - performance.now()))
    const sent = performance.now()
    if ((await create()).status !== 201) refused += 1
    times.push(performance.now() - sent)
  }
  times.sort((a, b) => a - b)

  const back = performance.now()
  await start('simulator/server.ts', {
    ...simulatorVariables,
    SIMULATOR_PORT: new URL(simulator.url).port,
  })
  while ((await status(service)).registrations_pending > 0) await delay(10)
  console.log({
    creates,
    refused,
    answered_ms_median: Number(times[Math.floor(creates / 2)]?.toFixed(1)),
    answered_ms_p99: Number(times[Math.floor(creates * 0.99)]?.toFixed(1)),
    all_registered_after_s: Number(((performance.now() - back) / 1000).toFixed(1)),
  })
})
