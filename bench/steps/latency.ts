import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { REFRESHED } from '../database/shape.ts'
import { alternate, compared, median, side } from '../figures.ts'
import { evenSample, idsIn } from '../ids.ts'
import { output } from '../programs.ts'
import { type RunningProgram, startQuiet, startRefreshing, startSimulator } from '../service.ts'
import type { Step } from '../step.ts'

const RATE = 500
const SECONDS = 6

/** How long the refresh takes to reach full speed. The requests have a warm-up of their own. */
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

/** The 99th percentile of the response times, in ms. */
async function p99(service: RunningProgram, ids: string[], folder: string): Promise<number> {
  const file = join(folder, FILE)
  await writeFile(file, JSON.stringify(urlsOf(service.url, ids)))
  await delay(WARM_UP_MS)
  const options = ['--urls', file, '--rate', String(RATE), '--seconds', String(SECONDS)]
  return JSON.parse(await output('open-loop.ts', options)).p99
}

/** Measures response times at a steady rate of requests, with the refresh at full speed and without it. */
export const latency: Step = async function* ({ workspace, data, rounds }) {
  const database = await data('refreshed', REFRESHED)
  const ids = evenSample(idsIn(database), PRODUCTS)
  await using simulator = await startSimulator(workspace, database, 'changing')
  const beside = side(async () => {
    await using service = await startRefreshing(workspace, database, simulator, 'changing')
    return await p99(service, ids, workspace.folder)
  })
  const alone = side(async () => {
    await using service = await startQuiet(workspace, database)
    return await p99(service, ids, workspace.folder)
  })
  await alternate(rounds, beside, alone)
  yield compared(
    `p99 at ${RATE} requests/s, with the refresh at full speed against without`,
    ['ms', beside],
    ['ms without', alone],
    { atMost: 2.5 },
  )
  yield {
    figure: `p99 at ${RATE} requests/s, with the refresh at full speed`,
    ...{ value: median(beside.samples), unit: 'ms', target: { atMost: 15 } },
    samples: { ms: beside.samples },
  }
}
