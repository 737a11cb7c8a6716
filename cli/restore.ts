import type { Command } from 'commander'
import { restore } from '../db/sqlite/restore.ts'
import type { Context } from './context.ts'
import { assertReplaceable, copyUnderBar, databaseOf } from './database.ts'

const HELP = `
The service has to be stopped first. A file that is damaged, another program's or a newer version's is
refused, and the database stays as it was.

Example:
  node cli/main.ts restore backups/2026-11-22.db --force`

/** `restore FILE`: puts a backup in the place of the database. */
export function addRestore(program: Command, context: Context): void {
  program
    .command('restore')
    .description('put a backup in the place of the database that DATABASE_URL names')
    .argument('<file>', 'the backup')
    .option('--force', 'replace the database if it exists')
    .addHelpText('after', HELP)
    .action((file: string, { force }: { force?: true }) => {
      const database = databaseOf(context)
      assertReplaceable(database, force)
      return copyUnderBar(context, (options) => restore(file, database, options))
    })
}
