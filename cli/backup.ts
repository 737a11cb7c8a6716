import type { Command } from 'commander'
import { backUp } from '../db/sqlite/backup.ts'
import type { Context } from './context.ts'
import { assertReplaceable, copyUnderBar, databaseOf } from './database.ts'

const HELP = `
The service may run and write meanwhile. The copy is of one moment and one file; it holds the token of
the Offers service, and is for its owner alone to read.

Example:
  node cli/main.ts backup backups/2026-11-22.db`

/** `backup FILE`: a copy of the live database, checked. */
export function addBackup(program: Command, context: Context): void {
  program
    .command('backup')
    .description('copy the live database that DATABASE_URL names, and check the copy')
    .argument('<file>', 'where the copy goes')
    .option('--force', 'replace the file if it exists')
    .addHelpText('after', HELP)
    .action((file: string, { force }: { force?: true }) => {
      assertReplaceable(file, force)
      const database = databaseOf(context)
      return copyUnderBar(context, (options) => backUp(database, file, options))
    })
}
