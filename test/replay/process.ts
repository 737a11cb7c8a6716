import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { Pool } from 'undici'
import { compileCache } from '../process.ts'
import type { Order, Report } from './service.ts'
import type { GatedSimulator } from './simulator.ts'

const entry = fileURLToPath(new URL('service.ts', import.meta.url))

/** The configuration of each start of the service. */
export interface Settings {
  refreshSeconds: number
  rawDays: number
  feedDays: number
}

/** The service in a process of its own, with its clock at `now`. */
export async function startService(
  t: Test,
  databaseUrl: string,
  simulator: GatedSimulator,
  { refreshSeconds, rawDays, feedDays }: Settings,
  now: number,
) {
  const { PATH } = process.env
  const before = simulator.answered()
  const child = fork(entry, {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH,
      ...compileCache(),
      NOW: String(now),
      LOG_LEVEL: 'silent',
      DATABASE_URL: databaseUrl,
      OFFERS_BASE_URL: simulator.baseUrl,
      OFFERS_TIMEOUT_MS: '60000', // What waits at the gate must not be given up.
      REFRESH_INTERVAL_SECONDS: String(refreshSeconds),
      HISTORY_RAW_DAYS: String(rawDays),
      CHANGES_RETENTION_DAYS: String(feedDays),
    },
  })
  t.teardown(() => child.kill('SIGKILL'))
  const exited = once(child, 'exit')

  async function report(): Promise<Report> {
    const ended = exited.then(() => Promise.reject(new Error('the service has ended')))
    const [report] = await Promise.race([once(child, 'message'), ended])
    return report
  }

  const started = await report()
  if (started === 'done') throw new Error('it has not started')
  const pool = new Pool(started.url, { connections: 8 })
  t.teardown(() => pool.destroyed || pool.destroy())

  async function order(order: Order): Promise<void> {
    child.send(order)
    await report()
  }

  const answered = () => simulator.answered() - before
  return {
    pool,
    /** Moves its clock, when it has taken note of all answers. */
    setClock: (now: number) => order({ now, answered: answered() }),
    /** Resolves when it has handed all that it took note of to the store. */
    rest: () => order({ rest: true, answered: answered() }),
    async kill(): Promise<void> {
      child.kill('SIGKILL')
      await exited
      await pool.destroy()
    },
    /** Ends it with grace. */
    async end(): Promise<void> {
      child.send('end' satisfies Order)
      await exited
      await pool.destroy()
    },
  }
}

export type Service = Awaited<ReturnType<typeof startService>>
