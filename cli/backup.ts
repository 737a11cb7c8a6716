import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import type { Context } from './context.ts'
import { assertReplaceable, copyWithBar, databaseOf } from './database.ts'

const HELP = `
The service may keep running and writing meanwhile. The copy is a single file with the state of one moment. It
contains the token of the Offers service, so only its owner can read it.

Example:
  node cli/main.ts backup backups/2026-11-22.db`

/** `backup FILE`: copies the live database and checks the copy. */
export function addBackup(program: Command, context: Context): void {
  program
    .command('backup')
    .description('copy the live database that DATABASE_URL names, and check the copy')
    .argument('<file>', 'the file to write')
    .option('--force', 'replace the file if it exists')
    .addHelpText('after', HELP)
    .action((file: string, { force }: { force?: true }) => {
      assertReplaceable(file, existsSync(file), force)
      const database = databaseOf(context)
      return copyWithBar(context, (options) => database.backUp(file, options))
    })
}
