import { randomUUIDv7 } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { type Config, readConfig } from '../config/config.ts'
import { pathBeside } from '../db/location.ts'
import { maintenanceOf, openStore } from '../db/open.ts'
import { makeFolderOf } from '../files/make-file.ts'
import { withBar } from './bar.ts'
import type { Context } from './context.ts'
import { makeDemonstration } from './demo/history.ts'
import { startReceiver } from './demo/receiver.ts'
import { RECEIVER_PORT } from './demo/webhook.ts'
import { counted, secondsSince } from './text.ts'

const HELP = `
The demonstration has a database of its own, and never touches the one that DATABASE_URL names. Prices change and are
polled every 10 seconds, unless SIMULATOR_TICK_SECONDS and REFRESH_INTERVAL_SECONDS say otherwise. Its webhook delivers
to port ${RECEIVER_PORT} of 127.0.0.1, where the demonstration itself receives it; for this, webhooks may lead to private
addresses unless WEBHOOK_ALLOW_PRIVATE says otherwise. All other variables apply as they do to npm start.

Example:
  SIMULATOR_TICK_SECONDS=60 REFRESH_INTERVAL_SECONDS=60 npm run demo -- --fresh`

/** How often prices change and are polled, unless the environment says otherwise. */
const PACE_SECONDS = '10'

function toDays(text: string): number {
  const days = /^\d+$/.test(text) ? Number(text) : 0
  if (days < 1 || days > 365)
    throw new InvalidArgumentError('It must be a whole number from 1 to 365.')
  return days
}

interface Options {
  days: number
  database: string
  fresh?: true
  start: boolean
}

/** Rejects if a service has the database open. */
async function assertUnused(url: string): Promise<void> {
  const options = { clock: Date.now, newId: randomUUIDv7, staleAfterMs: 0, waitMs: 0 }
  await (await openStore(url, options)).close()
}

/**
 * Makes the database and the journal of its simulator, and puts them in their places when they are whole. Rejects if a
 * service has the database open.
 */
async function make(path: string, days: number, config: Config, context: Context): Promise<void> {
  const { signal, stderr } = context
  const started = performance.now()
  const { DATABASE_URL, HISTORY_RAW_DAYS, CHANGES_RETENTION_DAYS } = config
  if (existsSync(path)) await assertUnused(DATABASE_URL)
  stderr.write(`making ${path} with ${counted(days, 'day')} of prices\n`)
  makeFolderOf(path)
  const folder = await mkdtemp(`${path}.`)
  const [database, simulatorState] = [join(folder, 'database'), join(folder, 'simulator')]
  try {
    await withBar(context, 'polled', (onProgress) =>
      makeDemonstration({
        ...{ database, simulatorState, days, signal, onProgress },
        tickMs: config.SIMULATOR_TICK_SECONDS * 1000,
        retention: { rawDays: HISTORY_RAW_DAYS, changesDays: CHANGES_RETENTION_DAYS },
        now: Date.now(),
      }),
    )
    await maintenanceOf(DATABASE_URL).restore(database, { signal })
    await rename(simulatorState, pathBeside(DATABASE_URL, 'simulator'))
  } finally {
    await rm(folder, { recursive: true })
  }
  stderr.write(`made it in ${secondsSince(started)}\n`)
}

async function demo({ database, days, fresh, start }: Options, context: Context): Promise<void> {
  const { env } = context
  const variables = {
    DATABASE_URL: `file:${database}`,
    SIMULATOR_TICK_SECONDS: env.SIMULATOR_TICK_SECONDS ?? PACE_SECONDS,
    REFRESH_INTERVAL_SECONDS: env.REFRESH_INTERVAL_SECONDS ?? PACE_SECONDS,
    PRICE_UNIT: env.PRICE_UNIT ?? 'EUR',
    PRICE_MINOR_DIGITS: env.PRICE_MINOR_DIGITS ?? '2',
    WEBHOOK_ALLOW_PRIVATE: env.WEBHOOK_ALLOW_PRIVATE ?? 'true',
    // The demonstration is of the built-in simulator, with its state beside the database, whatever a file `.env` says.
    OFFERS_BASE_URL: undefined,
    OFFERS_REFRESH_TOKEN: undefined,
    SIMULATOR_STATE: undefined,
  }
  const config = readConfig({ ...env, ...variables })
  if (fresh || !existsSync(database)) await make(database, days, config, context)
  if (!start) return
  await startReceiver(RECEIVER_PORT, context.stderr)
  const { serve } = await import('../server.ts')
  await serve(variables)
}

/** `demo`: runs the service on a catalogue with a past. */
export function addDemo(program: Command, context: Context): void {
  program
    .command('demo')
    .description(
      'run the service with 60 products that have 90 days of prices, made by the simulator',
    )
    .option('--database <path>', 'the file of the demonstration, made if missing', 'data/demo.db')
    .option('--days <days>', 'how far back the prices go', toDays, 90)
    .option('--fresh', 'make the file anew')
    .option('--no-start', 'make the file, but do not run the service')
    .addHelpText('after', HELP)
    .action((options: Options) => demo(options, context))
}
