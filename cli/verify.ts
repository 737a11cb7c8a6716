import type { Command } from 'commander'
import { linesOf } from '../db/damage.ts'
import type { Maintenance } from '../db/maintenance.ts'
import { maintenanceOfFile } from '../db/open.ts'
import { withBar } from './bar.ts'
import { type Context, EXIT } from './context.ts'
import { databaseOf } from './database.ts'
import { printable, secondsSince } from './text.ts'

const HELP = `
Checks every page, table and index, and that everything stored can be decoded. While the service runs, it changes
nothing. If no process has the file open, it rebuilds what can be derived from the rest (indexes, full text,
counts): a new database replaces the file, and the damaged file is kept next to it. Only a backup can restore
anything else.

Examples:
  node cli/main.ts verify
  node cli/main.ts verify backups/2026-11-22.db --check`

async function verify(database: Maintenance, check: boolean, context: Context): Promise<void> {
  const { signal } = context
  const say = (line: string) => context.stderr.write(`${printable(line)}\n`)
  const started = performance.now()
  const found = await withBar(context, 'checked', (onProgress) =>
    database.check({ signal, onProgress }),
  )
  if (found.length === 0) {
    return void say(`${database.name} is not damaged; checked in ${secondsSince(started)}`)
  }
  say(`${database.name} is damaged:`)
  for (const line of linesOf(found)) say(`  ${line}`)
  context.exitCode = EXIT.damaged
  if (!found.every(({ rebuildable }) => rebuildable)) {
    say(
      'Only a backup has what cannot be rebuilt: stop the service and restore one with ' +
        '"npm run restore -- BACKUP --force". Until then, everything else works.',
    )
  } else if (check) {
    say('Everything can be rebuilt: stop the service and run verify without --check.')
  } else {
    const aside = await database.repair(new Date(), { signal }).catch((error: Error) => {
      say(`The database was not rebuilt: ${error.message}`)
    })
    if (aside === undefined) return
    say(`rebuilt and checked; the damaged file is kept as ${aside}`)
    context.exitCode = EXIT.done
  }
}

/** `verify [FILE]`: checks a database for damage, and rebuilds what it can. */
export function addVerify(program: Command, context: Context): void {
  program
    .command('verify')
    .description('check a database or a backup for damage, and rebuild what can be rebuilt')
    .argument('[file]', 'the database or the backup (default: the one that DATABASE_URL names)')
    .option('--check', 'only check, and change nothing')
    .addHelpText('after', HELP)
    .action((file: string | undefined, { check = false }: { check?: boolean }) =>
      verify(file === undefined ? databaseOf(context) : maintenanceOfFile(file), check, context),
    )
}
