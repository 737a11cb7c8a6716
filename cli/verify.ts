import type { Command } from 'commander'
import { assertOurFile, checkDatabase } from '../db/sqlite/damage/check.ts'
import { linesOf } from '../db/sqlite/damage/explain.ts'
import { repair } from '../db/sqlite/damage/repair.ts'
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

async function verify(path: string, check: boolean, context: Context): Promise<void> {
  const { signal } = context
  const say = (line: string) => context.stderr.write(`${printable(line)}\n`)
  const started = performance.now()
  assertOurFile(path)
  const found = await withBar(context, 'checked', (onProgress) =>
    checkDatabase(path, { signal, onProgress }),
  )
  if (found.length === 0) {
    return void say(`${path} is not damaged; checked in ${secondsSince(started)}`)
  }
  say(`${path} is damaged:`)
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
    const aside = await repair(path, new Date(), { signal }).catch((error: Error) => {
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
      verify(file ?? databaseOf(context), check, context),
    )
}
