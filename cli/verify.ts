import type { Command } from 'commander'
import { assertOurFile, checkDatabase } from '../db/sqlite/damage/check.ts'
import { linesOf } from '../db/sqlite/damage/explain.ts'
import { repair } from '../db/sqlite/damage/repair.ts'
import { underBar } from './bar.ts'
import { type Context, EXIT } from './context.ts'
import { databaseOf } from './database.ts'
import { printable, secondsSince } from './text.ts'

const HELP = `
It checks every page, table and index, and whether all that is stored can be decoded. The service may run
meanwhile; then nothing is changed. Of a file that nobody has open, what follows from the rest is rebuilt
(indexes, full text, counts): a new database takes its place, and the damaged file is kept beside it.
What is lost otherwise is only in a backup.

Examples:
  node cli/main.ts verify
  node cli/main.ts verify backups/2026-11-22.db --check`

async function verify(path: string, check: boolean, context: Context): Promise<void> {
  const { signal } = context
  const say = (line: string) => context.stderr.write(`${printable(line)}\n`)
  const started = performance.now()
  assertOurFile(path)
  const found = await underBar(context, 'checked', (onProgress) =>
    checkDatabase(path, { signal, onProgress }),
  )
  if (found.length === 0) return void say(`${path} is whole, in ${secondsSince(started)}`)
  say(`${path} is damaged:`)
  for (const line of linesOf(found)) say(`  ${line}`)
  context.exitCode = EXIT.damaged
  if (!found.every(({ rebuildable }) => rebuildable)) {
    say(
      'What cannot be rebuilt is only in a backup: stop the service and put one in its place with ' +
        '"npm run restore -- BACKUP --force". Until then the rest of it works.',
    )
  } else if (check) {
    say('All of it can be rebuilt: stop the service and run verify without --check.')
  } else {
    const aside = await repair(path, new Date(), { signal }).catch((error: Error) => {
      say(`It was not rebuilt: ${error.message}`)
    })
    if (aside === undefined) return
    say(`rebuilt and checked; the damaged file is kept as ${aside}`)
    context.exitCode = EXIT.done
  }
}

/** `verify [FILE]`: whether a database is whole; what is not is rebuilt where that can be. */
export function addVerify(program: Command, context: Context): void {
  program
    .command('verify')
    .description('check a database or a backup, and rebuild what can be rebuilt from the rest')
    .argument('[file]', 'the database or the backup (default: the one that DATABASE_URL names)')
    .option('--check', 'only look, and change nothing')
    .addHelpText('after', HELP)
    .action((file: string | undefined, { check = false }: { check?: boolean }) =>
      verify(file ?? databaseOf(context), check, context),
    )
}
