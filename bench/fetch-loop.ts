/**
 * The upper limit for a refresh: fetches and parses the offers of products with a fixed concurrency, and does nothing
 * else. Prints the number of products per second:
 *
 *     node bench/fetch-loop.ts --url URL --ids FILE --token TOKEN --concurrency 32 --seconds 5
 */
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'
import { TOKEN_HEADER } from '../offers/protocol.ts'

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    ids: { type: 'string', default: '' },
    token: { type: 'string', default: '' },
    concurrency: { type: 'string', default: '32' },
    seconds: { type: 'string', default: '5' },
  },
})
const WARM_UP_MS = 1_000

const base = new URL(values.url)
const ids: string[] = JSON.parse(await readFile(values.ids, 'utf8'))
const concurrency = Number(values.concurrency)
const pool = new Pool(base.origin, { connections: concurrency })
const headers = { [TOKEN_HEADER]: values.token }

let next = 0
let done = 0
let ended = false

async function loop(): Promise<void> {
  while (!ended) {
    const path = `${base.pathname}/products/${ids[next++ % ids.length]}/offers`
    const { body } = await pool.request({ method: 'GET', path, headers })
    const offers: unknown = JSON.parse(await body.text())
    if (!Array.isArray(offers))
      throw new Error(`expected an array of offers, got ${JSON.stringify(offers)}`)
    done += 1
  }
}

const loops = Promise.all(Array.from({ length: concurrency }, loop))
await delay(WARM_UP_MS)
const [began, before] = [performance.now(), done]
await delay(Number(values.seconds) * 1000)
console.log((1000 * (done - before)) / (performance.now() - began))
ended = true
await loops
await pool.close()
