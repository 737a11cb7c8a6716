/**
 * Databases for tests. Where no PostgreSQL server can be started, a test file that imports this is skipped; with
 * `REQUIRE_POSTGRES=1` it fails.
 */
import { randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import { execute, TEMPLATE } from './execute.ts'
import { type PostgresServer, startPostgres } from './server.ts'
import { sharedServer } from './shared-server.ts'

export { execute } from './execute.ts'

async function urlsOrSkip(): Promise<(database: string) => string> {
  try {
    return await sharedServer()
  } catch (error) {
    const reason = `PostgreSQL IS NOT TESTED, because no server can be started: ${(error as Error).message}`
    if (process.env.REQUIRE_POSTGRES === '1') throw new Error(reason, { cause: error })
    console.error(reason)
    t.plan(0, reason)
    process.exit(0)
  }
}

const urlOf = await urlsOrSkip()

/** The URL of a new database with all tables, or with none; it is dropped after the test. */
export async function postgresDatabase(t: Test, { empty = false } = {}): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const template = empty ? 'template0' : TEMPLATE
  await execute(urlOf('postgres'), `CREATE DATABASE ${name} TEMPLATE ${template}`)
  t.teardown(() => execute(urlOf('postgres'), `DROP DATABASE ${name} WITH (FORCE)`))
  return urlOf(name)
}

/** A server of a test's own, which the test may stop. */
export async function postgresServer(t: Test): Promise<PostgresServer> {
  const server = await startPostgres()
  t.teardown(() => server.remove())
  return server
}
