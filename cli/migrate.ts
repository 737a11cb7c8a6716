import type { Command } from 'commander'
import { readDatabaseUrl } from '../config/config.ts'
import { migrateDatabase } from '../db/open.ts'
import type { Context } from './context.ts'

const HELP = `
The service does this itself when it starts. Run it before a new version starts, such as in the release phase of
Heroku, to learn that a migration fails while the version before still runs. An SQLite file must not be in use.

Example:
  node cli/main.ts migrate`

/** `migrate`: brings the tables of the database up to date. */
export function addMigrate(program: Command, { env, stderr }: Context): void {
  program
    .command('migrate')
    .description(
      'create the tables of the database that DATABASE_URL names, or bring them up to date',
    )
    .addHelpText('after', HELP)
    .action(async () => {
      await migrateDatabase(readDatabaseUrl(env))
      stderr.write('the database is up to date\n')
    })
}
