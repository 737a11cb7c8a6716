import { writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { PROTOCOL_PREFIX } from '../simulator/app.ts'
import { call, type Running } from '../test/process.ts'
import { OFFERS } from './database/shape.ts'
import { TOKEN } from './database/simulator-state.ts'
import { idsIn } from './ids.ts'
import { output } from './programs.ts'
import { type Market, startRefreshing } from './service.ts'
import type { Session } from './session.ts'

const WARM_UP_MS = 3_000
const MEASURED_MS = 5_000

/** How many polls a simulator has met so far. */
async function pollsMet({ url }: Running): Promise<number> {
  return (await call('GET', `${url}/control`)).json.requests.offers
}

function lastSeq(database: string): number {
  const db = new Database(database, { readonly: true })
  try {
    return Number(db.prepare('SELECT max(seq) FROM changes').pluck().get())
  } finally {
    db.close()
  }
}

/** Throws where the polls did not find what the market was to show: then the figure says nothing. */
function assertFound(market: Market, changes: number, polls: number): void {
  const found = changes / polls / OFFERS
  const wanted = market === 'changing' ? found > 0.9 && found < 1.1 : changes === 0
  if (!wanted) throw new Error(`${changes} changes in ${polls} polls of a ${market} market`)
}

async function polled(session: Session, database: string, simulator: Running, market: Market) {
  await using service = await startRefreshing(session, database, simulator, market)
  await delay(WARM_UP_MS)
  const [began, before] = [performance.now(), await pollsMet(simulator)]
  await delay(MEASURED_MS)
  const after = await pollsMet(simulator)
  return { rate: (1000 * (after - before)) / (performance.now() - began), pace: service.pace }
}

/** Has the service poll the products of a database at full speed, and gives products/s. */
export async function refreshRate(
  session: Session,
  database: string,
  simulator: Running,
  market: Market,
): Promise<number> {
  const [seq, met] = [lastSeq(database), await pollsMet(simulator)]
  const { rate, pace } = await polled(session, database, simulator, market)
  // At its pace it polls no more than it is asked to, and what it could do is not known.
  if (rate > 0.95 * pace) console.log(`polled at the pace of ${pace} a second: it could do more`)
  assertFound(market, lastSeq(database) - seq, (await pollsMet(simulator)) - met)
  return rate
}

/** Has a loop do no more than to fetch and parse the same, and gives products/s. */
export async function fetchRate(
  { folder }: Session,
  database: string,
  simulator: Running,
): Promise<number> {
  const ids = `${folder}/ids.json`
  await writeFile(ids, JSON.stringify(idsIn(database)))
  const where = ['--url', simulator.url + PROTOCOL_PREFIX, '--ids', ids, '--token', TOKEN]
  return Number(await output('fetch-loop.ts', [...where, '--seconds', String(MEASURED_MS / 1000)]))
}
