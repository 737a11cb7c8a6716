/** What `migrate-to` does with copies that are not finished, and with databases that change meanwhile. */
import { join } from 'node:path'
import t from 'tap'
import { TRANSFER_LOCK } from '../../db/postgres/advisory-locks.ts'
import { migrate as migratePostgres } from '../../db/postgres/migrate.ts'
import { TransferSession } from '../../db/postgres/transfer/session.ts'
import { openPostgresTarget } from '../../db/postgres/transfer/target.ts'
import { openSqliteSource } from '../../db/sqlite/transfer/source.ts'
import type { Target } from '../../db/transfer/ends.ts'
import { moveDatabase } from '../../db/transfer/move.ts'
import { transfer } from '../../db/transfer/transfer.ts'
import { cli, startService } from '../cli/helper.ts'
import { change } from '../db/sqlite/copies.ts'
import { eventually, temporaryFolder } from '../helper.ts'
import { execute, postgresDatabase } from './database.ts'
import { twoDatabases } from './two-databases.ts'

const HALF = /it holds a copy that migrate-to has not finished\. Run the same migrate-to again/

/** Leaves a copy unfinished, as a process does that is killed. */
async function copyPartly(from: string, to: string): Promise<void> {
  const stop = new Error('stopped')
  const copying = moveDatabase(from, to, {
    page: { rows: 1, bytes: 1 },
    onProgress(step) {
      if (step === 'copying offers') throw stop
    },
  })
  await copying.catch((error: Error) => {
    if (error !== stop) throw error
  })
}

t.test('a service starts on no half copy, and nothing else opens it', async (t) => {
  const { folder, file, url } = await twoDatabases(t)
  await copyPartly(file, url)
  await t.rejects(startService(t, { DATABASE_URL: url }), { message: HALF })
  const elsewhere = await postgresDatabase(t)
  await moveDatabase(file, elsewhere, {})
  const half = join(folder, 'half.db')
  await copyPartly(elsewhere, `file:${half}`)
  await t.rejects(startService(t, { DATABASE_URL: `file:${half}` }), { message: HALF })
  for (const [args, target] of [
    [['migrate'], url],
    [['migrate-to', `file:${join(folder, 'other.db')}`], url],
    [['migrate'], `file:${half}`],
    [['backup', join(folder, 'backup.db')], `file:${half}`],
    [['verify'], `file:${half}`],
    [['migrate-to', await postgresDatabase(t)], `file:${half}`],
  ] as const) {
    const { code, stderr } = await cli([...args], { env: { DATABASE_URL: target } })
    t.equal(code, 1, args[0])
    t.match(stderr, HALF, args[0])
  }
})

t.test(
  'a copy goes on only from the state in which it began, or again from the start',
  async (t) => {
    const { file, env, url } = await twoDatabases(t)
    await copyPartly(file, url)
    const { app } = await startService(t, env)
    await app.store.createProduct({ name: 'another' })
    await app.close()
    const refused = await cli(['migrate-to', url], { env })
    t.equal(refused.code, 1)
    t.match(
      refused.stderr,
      /holds an unfinished copy of another database, or of file:.* before a service /,
    )
    t.equal((await cli(['migrate-to', '--restart', url], { env })).code, 0)

    const back = `file:${join(await temporaryFolder(t), 'back.db')}`
    await copyPartly(url, back)
    await execute(url, 'UPDATE polls SET checked_at = 5')
    const source = { env: { DATABASE_URL: url } }
    t.equal((await cli(['migrate-to', back], source)).code, 1)
    t.equal((await cli(['migrate-to', '--restart', back], source)).code, 0)
    const restarted = await startService(t, { DATABASE_URL: back })
    const found = await restarted.app.inject('/api/v1/products?q=another')
    t.equal(found.json().items.length, 1)
  },
)

t.test('a copy can be interrupted', async (t) => {
  const { env, url } = await twoDatabases(t)
  const { code, stderr } = await cli(['migrate-to', url], { env, signal: AbortSignal.abort() })
  t.equal(code, 130)
  t.match(stderr, /error: interrupted\n$/)
  t.equal((await cli(['migrate-to', url], { env })).code, 0)
})

t.test('two copies do not use one database at a time, and no service starts on it', async (t) => {
  const { env, url } = await twoDatabases(t)
  const other = await TransferSession.open(url)
  t.teardown(() => other.close())
  await other.begin()
  await other.query('SELECT pg_advisory_xact_lock($1)', [TRANSFER_LOCK])
  const second = await cli(['migrate-to', url], { env })
  t.strictSame(
    [second.code, second.stderr],
    [1, `error: ${url}: another migrate-to is copying it; wait until that ends\n`],
  )
  await t.rejects(migratePostgres(url), {
    message: 'migrate-to is copying it; wait until that ends',
  })
})

/** Moves a file to PostgreSQL, and runs a statement on one of the two before the copy is checked. */
async function moveWith(path: string, url: string, meddle: () => unknown): Promise<void> {
  const source = await openSqliteSource('the file', path)
  const target = await openPostgresTarget('the target', url)
  async function complete(...[counters, onProgress]: Parameters<Target['complete']>) {
    await target.complete(counters, onProgress)
    await meddle()
  }
  try {
    await transfer(source, { ...target, complete })
  } finally {
    await target.close()
    await source.close()
  }
}

t.test('a copy that differs from its source is not used', async (t) => {
  const { path, env, url } = await twoDatabases(t)
  const meddle = "UPDATE products SET name = 'x', registered_at = 2; UPDATE feed SET seq = 1"
  await t.rejects(
    moveWith(path, url, () => execute(url, meddle)),
    {
      message:
        'the copy differs from the file in products.name, products.registered_at, lastSeq; check that ' +
        'database, and copy again with --restart',
    },
  )
  const { code, stderr } = await cli(['migrate'], { env: { DATABASE_URL: url } })
  t.equal(code, 1)
  t.match(stderr, HALF)
  t.equal((await cli(['migrate-to', '--restart', url], { env })).code, 0)
})

t.test('a source that changes during the copy is noticed', async (t) => {
  const { path, url } = await twoDatabases(t)
  await t.rejects(
    moveWith(path, url, () => change(path, 'PRAGMA user_version = 5')),
    {
      message:
        'a service has changed the file during the copy; stop it, and copy again with --restart',
    },
  )
})

t.test('a service that starts in spite of the lock is noticed', async (t) => {
  const { path, url } = await twoDatabases(t)
  const join = "INSERT INTO instances VALUES ('i', now() + interval '20 seconds')"
  await t.rejects(
    moveWith(path, url, () => execute(url, join)),
    { message: /^the target: the service uses it \(running instances: 1\)/ },
  )
})

t.test('a connection that is lost while a copy waits for another one is reported', async (t) => {
  const { env, url } = await twoDatabases(t)
  const other = await TransferSession.open(url)
  t.teardown(() => other.close())
  await other.begin()
  await other.query('SELECT pg_advisory_xact_lock($1)', [TRANSFER_LOCK])
  const copying = cli(['migrate-to', url], { env })
  await eventually(async () => {
    const { rowCount } = await execute(
      url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event = 'advisory'`,
    )
    return rowCount
  })
  t.match(await copying, { code: 1, stderr: /terminating connection/ })
})
