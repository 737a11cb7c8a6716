/**
 * Measures the service on PostgreSQL against the service on SQLite, each with one instance and the database on this
 * machine: products refreshed per second, when every price changed and when none did, and reads of a product and of its
 * ten offers (`refresh`, `reads`). Then, on PostgreSQL alone, the bytes that it stores for a change and writes to its log
 * for a poll (`size`), and how long calls take that look at every product, of which there are `--catalogue` (`scans`).
 * Runs all steps, or those named:
 *
 *     node bench/engines.ts --products 5000 --rounds 3 --step reads
 *
 * Both engines wait for the disk.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { PROTOCOL_PREFIX } from '../simulator/app.ts'
import { execute } from '../test/postgres/execute.ts'
import { startPostgres } from '../test/postgres/server.ts'
import { measureScans } from './engines/scans.ts'
import { fill, NEVER, refreshes, type Subject, startOn } from './engines/service.ts'
import { measureSize } from './engines/size.ts'
import { alternate, median, type Side } from './figures.ts'
import { evenSample } from './ids.ts'
import { loadTool, requestRate } from './load.ts'
import { inWorkspace, type Workspace } from './workspace.ts'

const { values } = parseArgs({
  options: {
    products: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '3' },
    catalogue: { type: 'string', default: '100000' },
    step: { type: 'string', multiple: true, default: ['refresh', 'reads', 'size', 'scans'] },
  },
})
const steps = new Set(values.step)
const products = Number(values.products)
const rounds = Number(values.rounds)

/** How often prices change, in seconds: between any two polls, or never. */
const MARKETS = { 'every price changed': '1', 'nothing changed': '86400' }

/** The number of products to read in turn. */
const READ = 200

const postgres = await startPostgres({ durable: true })

function print(figure: string, [first, second]: [Side, Side]): void {
  const [onPostgres, onSqlite] = [median(first.samples), median(second.samples)]
  console.log(figure, {
    postgres_per_s: Math.round(onPostgres),
    sqlite_per_s: Math.round(onSqlite),
    ratio: Number((onPostgres / onSqlite).toFixed(2)),
  })
}

const startSimulator = (workspace: Workspace, tick: string) =>
  workspace.start('simulator/server.ts', {
    ...{ SIMULATOR_PORT: '0', SIMULATOR_OFFERS: '10', SIMULATOR_TICK_SECONDS: tick },
  })

/** Makes a new database of each engine for the simulator at `url`. */
async function subjects(folder: string, name: string, url: string): Promise<[Subject, Subject]> {
  await execute(postgres.url('postgres'), `CREATE DATABASE ${name}`)
  const offersUrl = url + PROTOCOL_PREFIX
  return [
    { databaseUrl: postgres.url(name), offersUrl },
    { databaseUrl: `file:${join(folder, `${name}.db`)}`, offersUrl },
  ]
}

async function measureReads(
  workspace: Workspace,
  both: [Subject, Subject],
  ids: [string[], string[]],
): Promise<void> {
  const { load } = await loadTool(workspace.folder)
  const origins = await Promise.all(both.map((subject) => startOn(workspace, subject, NEVER)))
  for (const [figure, end] of [
    ['a product', ''],
    ['its ten offers', '/offers'],
  ]) {
    const sideOf = (at: 0 | 1) =>
      requestRate(load, {
        origin: String(origins[at]?.url),
        paths: evenSample(ids[at], READ).map((id) => `/api/v1/products/${id}${end}`),
      })
    const sides: [Side, Side] = [await sideOf(0), await sideOf(1)]
    await alternate(rounds, ...sides)
    print(`read ${figure}`, sides)
  }
  for (const service of origins) await service.stop('SIGTERM')
}

async function measureMarket(workspace: Workspace, figure: string, tick: string): Promise<void> {
  const hasReads = steps.has('reads') && tick !== '1'
  if (!hasReads && !steps.has('refresh')) return
  const simulator = await startSimulator(workspace, tick)
  const both = await subjects(workspace.folder, `market_${tick}`, simulator.url)
  const ids: [string[], string[]] = [
    await fill(workspace, both[0], products),
    await fill(workspace, both[1], products),
  ]
  if (steps.has('refresh')) {
    const sides: [Side, Side] = [
      refreshes(workspace, both[0], simulator),
      refreshes(workspace, both[1], simulator),
    ]
    await alternate(rounds, ...sides)
    print(figure, sides)
  }
  if (hasReads) await measureReads(workspace, both, ids)
  await simulator.stop('SIGTERM')
}

try {
  await inWorkspace(async (workspace) => {
    for (const [figure, tick] of Object.entries(MARKETS)) {
      await measureMarket(workspace, figure, tick)
    }
    if (steps.has('scans')) {
      const simulator = await startSimulator(workspace, '86400')
      const [subject] = await subjects(workspace.folder, 'scans', simulator.url)
      await fill(workspace, subject, Number(values.catalogue))
      await measureScans(workspace, subject)
    }
  })
  if (steps.has('size')) {
    await execute(postgres.url('postgres'), 'CREATE DATABASE size')
    console.log(await measureSize(postgres.url('size')))
  }
} finally {
  await postgres.remove()
}
