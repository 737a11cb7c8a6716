/**
 * Sends requests at fixed times, whether or not earlier ones were answered, and prints the response times in ms. Each
 * is measured from when its request was due, so that waiting for earlier requests counts, too:
 *
 *     node bench/open-loop.ts --urls FILE --rate 500 --seconds 6
 */
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'
import { quantile } from './figures.ts'

const { values } = parseArgs({
  options: {
    urls: { type: 'string', default: '' },
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '6' },
  },
})

/** The number of connections: enough that no request waits for one. */
const CONNECTIONS = 256
const WARM_UP_S = 3

const urls: string[] = JSON.parse(await readFile(values.urls, 'utf8'))
const rate = Number(values.rate)
const first = WARM_UP_S * rate
const pool = new Pool(new URL(urls[0] ?? '').origin, { connections: CONNECTIONS })
const paths = urls.map((url) => url.slice(new URL(url).origin.length))

const times: number[] = []

async function request(n: number, dueAt: number): Promise<void> {
  const path = paths[n % paths.length] ?? ''
  const { statusCode, body } = await pool.request({ method: 'GET', path })
  await body.arrayBuffer()
  if (statusCode !== 200) throw new Error(`${path}: ${statusCode}`)
  if (n >= first) times.push(performance.now() - dueAt)
}

const requests: Promise<void>[] = []
const began = performance.now()
for (let n = 0; n < first + Number(values.seconds) * rate; n++) {
  const dueAt = began + (n * 1000) / rate
  const wait = dueAt - performance.now()
  if (wait > 0) await delay(Math.ceil(wait)) // Rounded up, because timers count whole ms and must not fire early.
  requests.push(request(n, dueAt))
}
await Promise.all(requests)
await pool.close()
console.log(
  JSON.stringify({
    requests: times.length,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    max: quantile(times, 1),
  }),
)
