/**
 * Measures the service on PostgreSQL against the service on SQLite, each with one instance and the database on this
 * machine: products refreshed per second, when every price changed and when none did, and reads of a product and of its
 * ten offers. Then the bytes that PostgreSQL stores for a change, and those that it writes to its log for a poll:
 *
 *     node bench/engines.ts --products 5000 --rounds 3
 *
 * Both engines wait for the disk.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { PROTOCOL_PREFIX } from '../simulator/app.ts'
import { execute } from '../test/postgres/execute.ts'
import { startPostgres } from '../test/postgres/server.ts'
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
  },
})
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

try {
  await inWorkspace(async (workspace) => {
    for (const [index, [figure, tick]] of Object.entries(MARKETS).entries()) {
      const simulator = await workspace.start('simulator/server.ts', {
        ...{ SIMULATOR_PORT: '0', SIMULATOR_OFFERS: '10', SIMULATOR_TICK_SECONDS: tick },
      })
      const both = await subjects(workspace.folder, `market_${index}`, simulator.url)
      const ids: [string[], string[]] = [
        await fill(workspace, both[0], products),
        await fill(workspace, both[1], products),
      ]
      const sides: [Side, Side] = [
        refreshes(workspace, both[0], simulator),
        refreshes(workspace, both[1], simulator),
      ]
      await alternate(rounds, ...sides)
      print(figure, sides)
      if (tick !== '1') await measureReads(workspace, both, ids)
      await simulator.stop('SIGTERM')
    }
  })
  await execute(postgres.url('postgres'), 'CREATE DATABASE size')
  console.log(await measureSize(postgres.url('size')))
} finally {
  await postgres.remove()
}
