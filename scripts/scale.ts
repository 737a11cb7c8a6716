/**
 * Runs several instances of the service on this machine, on one PostgreSQL database, with a simulator and a proxy in
 * front of them, and prints how many polls each of them makes:
 *
 *     npm run scale -- --instances 3 --products 2560 --interval 10
 *
 * The database is that of DATABASE_URL, or an empty one of a PostgreSQL from npm. Ctrl+C ends all of it. To see the
 * others take over, end one by the process id that is printed.
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { inWorkspace, type Workspace } from '../bench/workspace.ts'
import { startPostgres } from '../test/postgres/server.ts'
import { call, type Running, SERVICE } from '../test/process.ts'
import { roundRobin } from './scale/round-robin.ts'
import { lineOf, readTally, type Tally } from './scale/shares.ts'

const STEP_S = 5

const { values } = parseArgs({
  options: {
    instances: { type: 'string', default: '3' },
    products: { type: 'string', default: '2560' },
    interval: { type: 'string', default: '10' },
    seconds: { type: 'string', default: 'Infinity' },
  },
})
const deadline = performance.now() + Number(values.seconds) * 1000
const interrupted = new AbortController()
process.once('SIGINT', () => interrupted.abort()).once('SIGTERM', () => interrupted.abort())

async function startInstances(workspace: Workspace, DATABASE_URL: string): Promise<Running[]> {
  const simulator = await workspace.start('simulator/server.ts', {
    SIMULATOR_PORT: '0',
    SIMULATOR_TICK_SECONDS: '10',
  })
  const variables = {
    ...{ DATABASE_URL, PORT: '0' },
    OFFERS_BASE_URL: `${simulator.url}/api/v1`,
    REFRESH_INTERVAL_SECONDS: values.interval,
  }
  const count = Number(values.instances)
  return Promise.all(Array.from({ length: count }, () => workspace.start(SERVICE, variables)))
}

async function createProducts(url: string): Promise<void> {
  const { products: there } = (await call('GET', `${url}/api/v1/status`)).json
  for (let made = there; made < Number(values.products); made += 1_000) {
    const length = Math.min(1_000, Number(values.products) - made)
    const items = Array.from({ length }, (_, at) => ({ name: `Product ${made + at + 1}` }))
    const { status } = await call('POST', `${url}/api/v1/products/batch`, { items })
    if (status !== 200) throw new Error(`The products were not created: ${status}`)
  }
}

/** The tallies of the instances that answer. */
async function tallies(instances: Map<string, Running>): Promise<Map<string, Tally>> {
  const read = [...instances].map(async ([name, { url }]): Promise<[string, Tally][]> => {
    try {
      const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(2_000) })
      return [[name, readTally(await response.text())]]
    } catch {
      return []
    }
  })
  return new Map((await Promise.all(read)).flat())
}

async function watch(instances: Map<string, Running>): Promise<void> {
  let before = await tallies(instances)
  while (performance.now() < deadline) {
    await delay(STEP_S * 1000, undefined, { signal: interrupted.signal })
    const now = await tallies(instances)
    console.log(lineOf([...instances.keys()], before, now, STEP_S))
    before = now
  }
}

async function main(workspace: Workspace, databaseUrl: string): Promise<void> {
  const started = await startInstances(workspace, databaseUrl)
  const instances = new Map(started.map((one, at) => [`#${at + 1}`, one]))
  for (const [name, { url, child }] of instances)
    console.log(`${name}: ${url}, process ${child.pid}`)
  const proxy = roundRobin(() => started.map(({ url }) => url)).listen(0, '127.0.0.1')
  try {
    await once(proxy, 'listening')
    const { port } = proxy.address() as AddressInfo
    console.log(`all: http://127.0.0.1:${port}`)
    await createProducts(`http://127.0.0.1:${port}`)
    await watch(instances)
  } catch (error) {
    if (!interrupted.signal.aborted) throw error
  } finally {
    proxy.close()
    proxy.closeAllConnections()
  }
}

const { DATABASE_URL } = process.env
const server = DATABASE_URL ? undefined : await startPostgres()
try {
  const url = DATABASE_URL ?? server?.url('postgres') ?? ''
  await inWorkspace((workspace) => main(workspace, url))
} finally {
  await server?.remove()
}
