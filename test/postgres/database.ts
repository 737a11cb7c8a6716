/** Databases for tests, on one server for all test files of the process. */
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import t, { type Test } from 'tap'
import { migrate } from '../../db/postgres/migrate.ts'
import { Unavailable } from '../unavailable.ts'
import { execute } from './execute.ts'
import { type PostgresServer, startPostgres } from './server.ts'

export { execute } from './execute.ts'

/** The database that others are copied from, which is faster than to migrate each. */
const TEMPLATE = 'template_of_tests'

/** A server of a test's own, which the test may stop. */
export async function postgresServer(t: Test): Promise<PostgresServer> {
  const server = await startPostgres()
  t.teardown(() => server.remove())
  return server
}

const shared = await postgresServer(t).catch((cause: Error) => {
  const message = `PostgreSQL IS NOT TESTED, because no server can be started: ${cause.message}`
  const isRequired = process.env.REQUIRE_POSTGRES === '1'
  throw isRequired ? new Error(message, { cause }) : new Unavailable(message, { cause })
})
await execute(shared.url('postgres'), `CREATE DATABASE ${TEMPLATE}`)
await migrate(shared.url(TEMPLATE))

/** The URL of a new database with all tables, or with none; it is dropped after the test. */
export async function postgresDatabase(t: Test, { empty = false } = {}): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const template = empty ? 'template0' : TEMPLATE
  await execute(shared.url('postgres'), `CREATE DATABASE ${name} TEMPLATE ${template}`)
  t.teardown(() => execute(shared.url('postgres'), `DROP DATABASE ${name} WITH (FORCE)`))
  return shared.url(name)
}

/** A session with a database, which holds what it locks; it ends with the test. */
export async function openSession(t: Test, url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  t.teardown(() => client.end())
  return client
}
