import { writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { PROTOCOL_PREFIX } from '../simulator/app.ts'
import { call, type Running } from '../test/process.ts'
import { OFFERS } from './database/shape.ts'
import { TOKEN } from './database/simulator-state.ts'
import { idsIn } from './ids.ts'
import { output } from './programs.ts'
import { readDatabase } from './read-database.ts'
import { type MarketMode, startRefreshing } from './service.ts'
import type { Workspace } from './workspace.ts'

const WARM_UP_MS = 3_000
const MEASURED_MS = 5_000

/** The number of polls that a simulator has received. */
async function pollsReceived({ url }: Running): Promise<number> {
  return (await call('GET', `${url}/control`)).json.requests.offers
}

const lastSeq = (database: string): number =>
  readDatabase(database, (db) => Number(db.prepare('SELECT max(seq) FROM changes').pluck().get()))

/** Throws if the polls did not find the changes that the market made, because then the figure is meaningless. */
function assertFound(market: MarketMode, changes: number, polls: number): void {
  const found = changes / polls / OFFERS
  const isExpected = market === 'changing' ? found > 0.9 && found < 1.1 : changes === 0
  if (!isExpected)
    throw new Error(
      `unexpected: ${changes} changes in ${polls} polls of a market that is ${market}`,
    )
}

async function polled(
  workspace: Workspace,
  database: string,
  simulator: Running,
  market: MarketMode,
) {
  await using service = await startRefreshing(workspace, database, simulator, market)
  await delay(WARM_UP_MS)
  const [began, before] = [performance.now(), await pollsReceived(simulator)]
  await delay(MEASURED_MS)
  const after = await pollsReceived(simulator)
  return { rate: (1000 * (after - before)) / (performance.now() - began), pace: service.pace }
}

/** Measures how many products per second the service polls at full speed. */
export async function refreshRate(
  workspace: Workspace,
  database: string,
  simulator: Running,
  market: MarketMode,
): Promise<number> {
  const [seq, received] = [lastSeq(database), await pollsReceived(simulator)]
  const { rate, pace } = await polled(workspace, database, simulator, market)
  if (rate > 0.95 * pace)
    console.log(`polled ${pace} products/s, as configured: its own limit may be higher`)
  assertFound(market, lastSeq(database) - seq, (await pollsReceived(simulator)) - received)
  return rate
}

/** Measures how many products per second a loop fetches and parses. */
export async function fetchRate(
  { folder }: Workspace,
  database: string,
  simulator: Running,
): Promise<number> {
  const ids = `${folder}/ids.json`
  await writeFile(ids, JSON.stringify(idsIn(database)))
  const where = ['--url', simulator.url + PROTOCOL_PREFIX, '--ids', ids, '--token', TOKEN]
  return Number(await output('fetch-loop.ts', [...where, '--seconds', String(MEASURED_MS / 1000)]))
}
