import Database from 'better-sqlite3'
import { PROTOCOL_PREFIX } from '../simulator/app.ts'
import { type Running, SERVICE } from '../test/process.ts'
import { LONGEST_TICK_MS } from './database/polls.ts'
import { OFFERS } from './database/shape.ts'
import { TOKEN, writeSimulatorState } from './database/simulator-state.ts'
import type { Session } from './session.ts'

/** The service or the simulator, which ends with grace when it is disposed of. */
export type Served = Running & AsyncDisposable

/** Nothing answers there (the discard port). */
const NOWHERE = 'http://127.0.0.1:9/api/v1'

/**
 * So many polls a second at most are asked of the service, which is more than it can do. Not many more:
 * where a product comes up later than after three intervals, its poll has to write the gap as well.
 */
const FULL_SPEED = { changing: 20_000, standing: 40_000 }

function untilDisposed(running: Running): Served {
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
  session: Session,
  database: string,
  variables: Record<string, string>,
): Promise<Served> {
  const fixed = { PORT: '0', LOG_LEVEL: 'info', DATABASE_URL: `file:${database}` }
  return untilDisposed(await session.start(SERVICE, { ...fixed, ...variables }))
}

/**
 * The service with nothing to do but to answer: no poll is due for a day, and what it polls ahead of
 * its time finds nobody, so that it soon probes every five seconds alone.
 */
export const startQuiet = (session: Session, database: string): Promise<Served> =>
  startService(session, database, {
    OFFERS_BASE_URL: NOWHERE,
    REFRESH_INTERVAL_SECONDS: '86400',
  })

/** What the simulator does from one poll to the next. */
export type Market = 'changing' | 'standing'

/** A simulator that knows the products of a database. */
export async function startSimulator(
  session: Session,
  database: string,
  market: Market,
): Promise<Served> {
  const state = `${database}.${market}`
  await writeSimulatorState(database, state)
  const tick = market === 'changing' ? 1 : LONGEST_TICK_MS / 1000
  return untilDisposed(
    await session.start('simulator/server.ts', {
      SIMULATOR_PORT: '0',
      SIMULATOR_OFFERS: String(OFFERS),
      SIMULATOR_TICK_SECONDS: String(tick),
      SIMULATOR_STATE: state,
    }),
  )
}

/** Makes the products of a database known at that simulator, polled just now and due again. */
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
 * The service as it polls the products of a database at a simulator, as fast as it can; `pace` is how
 * many polls a second are asked of it.
 */
export async function startRefreshing(
  session: Session,
  database: string,
  simulator: Running,
  market: Market,
): Promise<Served & { pace: number }> {
  const baseUrl = simulator.url + PROTOCOL_PREFIX
  const products = prepareRefresh(database, baseUrl)
  const interval = Math.ceil(products / FULL_SPEED[market])
  const service = await startService(session, database, {
    OFFERS_BASE_URL: baseUrl,
    REFRESH_INTERVAL_SECONDS: String(interval),
  })
  return { ...service, pace: products / interval }
}
