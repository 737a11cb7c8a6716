import Database from 'better-sqlite3'
import { PROTOCOL_PREFIX } from '../simulator/app.ts'
import { type Running, SERVICE } from '../test/process.ts'
import { LONGEST_TICK_MS } from './database/polls.ts'
import { OFFERS } from './database/shape.ts'
import { TOKEN, writeSimulatorState } from './database/simulator-state.ts'
import type { Workspace } from './workspace.ts'

/** The running service or simulator. Disposing of it shuts it down gracefully. */
export type RunningProgram = Running & AsyncDisposable

/** A URL where nothing listens (the discard port). */
const NOWHERE = 'http://127.0.0.1:9/api/v1'

/**
 * The configured polls per second: more than the service can do, but not many more. If a product is polled later than
 * three intervals after its last poll, the service also has to write a gap, which would slow it down.
 */
const FULL_SPEED = { changing: 20_000, unchanging: 40_000 }

function untilDisposed(running: Running): RunningProgram {
  const died = () => console.error(running.output())
  running.child.once('exit', died)
  return {
    ...running,
    async [Symbol.asyncDispose]() {
      running.child.off('exit', died)
      await running.stop('SIGTERM')
    },
  }
}

async function startService(
  workspace: Workspace,
  database: string,
  variables: Record<string, string>,
): Promise<RunningProgram> {
  const fixed = { PORT: '0', LOG_LEVEL: 'info', DATABASE_URL: `file:${database}` }
  return untilDisposed(await workspace.start(SERVICE, { ...fixed, ...variables }))
}

/**
 * Starts the service with nothing to do but answer requests. No poll is due for a day, and polls ahead of time fail, so
 * it soon only probes the Offers service every five seconds.
 */
export const startQuiet = (workspace: Workspace, database: string): Promise<RunningProgram> =>
  startService(workspace, database, {
    OFFERS_BASE_URL: NOWHERE,
    REFRESH_INTERVAL_SECONDS: '86400',
  })

/** Whether all prices of the simulator change between two polls, or none. */
export type MarketMode = 'changing' | 'unchanging'

/** Starts a simulator that knows the products of a database. */
export async function startSimulator(
  workspace: Workspace,
  database: string,
  market: MarketMode,
): Promise<RunningProgram> {
  const state = `${database}.${market}`
  await writeSimulatorState(database, state)
  const tick = market === 'changing' ? 1 : LONGEST_TICK_MS / 1000
  return untilDisposed(
    await workspace.start('simulator/server.ts', {
      SIMULATOR_PORT: '0',
      SIMULATOR_OFFERS: String(OFFERS),
      SIMULATOR_TICK_SECONDS: String(tick),
      SIMULATOR_STATE: state,
    }),
  )
}

/** Stores the simulator's token, and marks all products as polled just now and due. Returns their number. */
function prepareRefresh(database: string, baseUrl: string): number {
  const db = new Database(database)
  try {
    db.prepare(
      `INSERT OR REPLACE INTO credentials (key, account, access_token, expires_at)
       VALUES (1, ?, ?, NULL)`,
    ).run(baseUrl, TOKEN)
    const now = Date.now()
    return db.prepare('UPDATE refreshes SET checked_at = ?, due_at = ?').run(now, now).changes
  } finally {
    db.close()
  }
}

/**
 * Starts a service that polls the products of a database, at full speed unless an interval is given. `pace` is the
 * configured number of polls per second.
 */
export async function startRefreshing(
  workspace: Workspace,
  database: string,
  simulator: Running,
  market: MarketMode,
  intervalS?: number,
): Promise<RunningProgram & { pace: number }> {
  const baseUrl = simulator.url + PROTOCOL_PREFIX
  const products = prepareRefresh(database, baseUrl)
  const interval = intervalS ?? Math.ceil(products / FULL_SPEED[market])
  const service = await startService(workspace, database, {
    OFFERS_BASE_URL: baseUrl,
    REFRESH_INTERVAL_SECONDS: String(interval),
  })
  return { ...service, pace: products / interval }
}
