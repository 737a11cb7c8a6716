import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import { spread } from './figures.ts'
import { onService, type Service } from './service.ts'
import type { HistoryStep } from './step.ts'

const WARM_UP = 20
const CALLS = 100

async function requestTrends({ app }: Service): Promise<void> {
  const { items } = await app.store.products({ sort: 'created_at', words: [], limit: 100 })
  const payload = { ids: items.map(({ id }) => id), interval: '1h' }
  const [times, processor]: [number[], number[]] = [[], []]
  const loop = monitorEventLoopDelay({ resolution: 1 })
  const collections: number[] = []
  const collector = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collections.push(duration)
  })
  for (let n = -WARM_UP; n < CALLS; n++) {
    if (n === 0) {
      loop.enable()
      collector.observe({ entryTypes: ['gc'] })
    }
    const [began, before] = [performance.now(), process.cpuUsage()]
    const { statusCode, body } = await app.inject({
      method: 'POST',
      url: '/api/v1/trends',
      payload,
    })
    if (statusCode !== 200) throw new Error(`POST /trends: ${statusCode} ${body}`)
    if (n < 0) continue
    const { user, system } = process.cpuUsage(before)
    times.push(performance.now() - began)
    processor.push((user + system) / 1000)
  }
  loop.disable()
  collector.disconnect()
  console.log(`trends of ${items.length} products, 24 h by hours`, {
    ms: spread(times),
    processor_ms: spread(processor),
    event_loop_delay_p999_ms: loop.percentile(99.9) / 1e6,
    event_loop_delay_max_ms: loop.max / 1e6,
    garbage_collection_max_ms: Math.max(...collections),
  })
}

/** Measures how long the trends of 100 products in one call take, and how long they hold up the event loop. */
export const trends: HistoryStep = ({ database }) => onService(database, requestTrends)
