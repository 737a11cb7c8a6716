import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { REFRESHED } from '../database/shape.ts'
import { alternate, compared, median, side } from '../figures.ts'
import { idsIn, some } from '../ids.ts'
import { output } from '../programs.ts'
import { type Served, startQuiet, startRefreshing, startSimulator } from '../service.ts'
import type { Step } from '../step.ts'

const RATE = 500
const SECONDS = 6

/** So that the refresh is at full speed; the requests have a time of their own to warm up. */
const WARM_UP_MS = 1_000

/** The number of products to read in turn. */
const PRODUCTS = 500

const FILE = 'open-loop.json'

function urlsOf(url: string, ids: string[]): string[] {
  const list = `${url}/api/v1/products?limit=50`
  return ids.flatMap((id) => [
    `${url}/api/v1/products/${id}`,
    `${url}/api/v1/products/${id}/offers`,
    list,
  ])
}

/** The 99th percentile of the answers, in ms. */
async function p99(service: Served, ids: string[], folder: string): Promise<number> {
  const file = join(folder, FILE)
  await writeFile(file, JSON.stringify(urlsOf(service.url, ids)))
  await delay(WARM_UP_MS)
  const options = ['--urls', file, '--rate', String(RATE), '--seconds', String(SECONDS)]
  return JSON.parse(await output('open-loop.ts', options)).p99
}

/** How long requests at a steady rate take, with the refresh at full speed and without. */
export const latency: Step = async function* ({ session, data, rounds }) {
  const database = await data('refreshed', REFRESHED)
  const ids = some(idsIn(database), PRODUCTS)
  await using simulator = await startSimulator(session, database, 'changing')
  const beside = side(async () => {
    await using service = await startRefreshing(session, database, simulator, 'changing')
    return await p99(service, ids, session.folder)
  })
  const alone = side(async () => {
    await using service = await startQuiet(session, database)
    return await p99(service, ids, session.folder)
  })
  await alternate(rounds, beside, alone)
  yield compared(
    `p99 at ${RATE} requests/s, with the refresh at full speed against without`,
    ['ms', beside],
    ['ms without', alone],
    { atMost: 3 },
  )
  yield {
    figure: `p99 at ${RATE} requests/s, with the refresh at full speed`,
    ...{ value: median(beside.samples), unit: 'ms', target: { atMost: 20 } },
    samples: { ms: beside.samples },
  }
}
