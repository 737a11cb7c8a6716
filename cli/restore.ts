import type { Command } from 'commander'
import type { Context } from './context.ts'
import { assertReplaceable, copyWithBar, databaseOf } from './database.ts'

const HELP = `
Stop the service first. A file that is damaged, or that belongs to another program or a newer version, is refused,
and the database is left as it was.

Example:
  node cli/main.ts restore backups/2026-11-22.db --force`

/** `restore FILE`: replaces the database with a backup. */
export function addRestore(program: Command, context: Context): void {
  program
    .command('restore')
    .description('replace the database that DATABASE_URL names with a backup')
    .argument('<file>', 'the backup')
    .option('--force', 'replace the database if it exists')
    .addHelpText('after', HELP)
    .action((file: string, { force }: { force?: true }) => {
      const database = databaseOf(context)
      assertReplaceable(database.name, database.exists(), force)
      return copyWithBar(context, (options) => database.restore(file, options))
    })
}
