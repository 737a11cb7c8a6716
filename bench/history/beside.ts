import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { result, startClient } from './clients.ts'
import { megabytes, rounded, seconds, spread } from './figures.ts'
import type { Service } from './service.ts'

/** Runs `run` while another process keeps requesting a product, and prints the times of both. */
export async function beside(
  service: Service,
  name: string,
  run: () => Promise<object>,
): Promise<void> {
  const { items } = await service.app.store.products({ sort: 'created_at', words: [], limit: 1 })
  const client = startClient('ask', `${service.url}/products/${items[0]?.id}`)
  await once(client, 'message') // It is ready.
  const idle = process.memoryUsage().rss
  let most = idle
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 50)
  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  client.send('begin')
  const began = performance.now()
  const found = await run()
  const took = seconds(began)
  loop.disable()
  clearInterval(watch)
  const times = await result<number[]>(client, 'end')
  console.log(name, {
    seconds: took,
    ...found,
    event_loop_delay_max_ms: rounded(loop.max / 1e6, 1),
    rss_idle_mb: megabytes(idle),
    rss_above_idle_mb: megabytes(most - idle),
    request_beside_ms: spread(times),
    requests_beside: times.length,
  })
}
