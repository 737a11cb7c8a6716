import { type Command, InvalidArgumentError } from 'commander'
import { readDatabaseUrl } from '../config/config.ts'
import { locationOf, shownUrl } from '../db/location.ts'
import { moveDatabase } from '../db/transfer/move.ts'
import { startBar } from './bar.ts'
import type { Context } from './context.ts'
import { count, counted, secondsSince } from './text.ts'

const HELP = `
Stop the service first. The database that DATABASE_URL names is only read. The other one must be empty, and is
created if it is a file. If the copy is interrupted, run the same command again: it continues where it stopped, and
until it has finished, the service refuses to start on the copy. At the end the copy is checked: the number of rows,
and the sum of each column.

Examples:
  node cli/main.ts migrate-to postgres://user:password@host/database?sslmode=require
  DATABASE_URL=postgres://user:password@host/database node cli/main.ts migrate-to file:./data/aggregator.db`

/** How often progress is shown where nobody watches a bar: after each tenth. */
const LINES = 10

function toUrl(text: string): string {
  try {
    locationOf(text)
    return text
  } catch {
    throw new InvalidArgumentError(
      'It must be postgres://USER:PASSWORD@HOST/DATABASE, or "file:" followed by a path.',
    )
  }
}

/** Shows progress in a bar, or in lines if standard error is no terminal. */
function startProgress(context: Context) {
  if (context.stderr.isTTY) {
    const bar = startBar(context, '{step}', 0, { step: 'starting' })
    return {
      update(step: string, done: number, total: number) {
        bar.setTotal(total)
        bar.update(done, { step })
      },
      stop: () => bar.stop(),
    }
  }
  let last = ''
  return {
    update(step: string, done: number, total: number) {
      const tenth = total === 0 ? LINES : Math.floor((done / total) * LINES)
      if (last === `${step} ${tenth}`) return
      last = `${step} ${tenth}`
      context.stderr.write(`${step}: ${count(done)} of ${count(total)}\n`)
    },
    stop() {},
  }
}

async function migrateTo(url: string, restart: boolean, context: Context): Promise<void> {
  const { env, signal, stderr } = context
  const started = performance.now()
  const progress = startProgress(context)
  const onProgress = progress.update
  const { products, rows } = await moveDatabase(readDatabaseUrl(env), url, {
    ...{ restart, signal, onProgress },
  }).finally(() => progress.stop())
  stderr.write(
    `copied and checked: ${counted(products, 'product')}, ${counted(rows, 'row')}, in ${secondsSince(started)}\n` +
      `Set DATABASE_URL to ${shownUrl(url)}, and start the service.\n`,
  )
}

/** `migrate-to URL`: copies the database to the other engine. */
export function addMigrateTo(program: Command, context: Context): void {
  program
    .command('migrate-to')
    .description(
      'copy the database that DATABASE_URL names from SQLite to PostgreSQL, or back, and check the copy',
    )
    .argument('<url>', 'the database to fill: postgres://..., or file: and a path', toUrl)
    .option('--restart', 'discard what an unfinished copy has written, and copy everything again')
    .addHelpText('after', HELP)
    .action((url: string, { restart = false }: { restart?: boolean }) =>
      migrateTo(url, restart, context),
    )
}
