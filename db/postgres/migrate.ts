import { fileURLToPath } from 'node:url'
import type { Client } from 'pg'
import { readMigrationFiles } from '../../trimmed/drizzle.ts'
import { HALF_COPIED, PROGRESS_TABLE } from '../transfer/half-copy.ts'
import { MIGRATION_LOCK, TRANSFER_LOCK } from './advisory-locks.ts'
import { patientConfig } from './config.ts'
import { connect, isDeadlock } from './connection.ts'

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url))

/**
 * The first line of a migration after which the previous version can no longer use the database. All others only add to
 * it, so that instances of the previous version can run, and start, next to those of this one.
 */
export const CONTRACTS = '-- contracts'

interface AppliedMigration {
  hash: string
  at: string
  contracts: boolean
}

/** Version 0.2.0 made the table without its last column. */
const TABLE = `
  CREATE TABLE IF NOT EXISTS migrations
    (id integer PRIMARY KEY, hash text NOT NULL, created_at bigint NOT NULL);
  ALTER TABLE migrations ADD COLUMN IF NOT EXISTS contracts boolean NOT NULL DEFAULT false`

const APPLIED = `
  SELECT hash, created_at AS at, coalesce((to_jsonb(migrations) ->> 'contracts')::boolean, false) AS contracts
  FROM migrations ORDER BY id`

/** How long the server keeps the lock of an instance that runs no statement. */
const MAX_IDLE_MS = 30_000

/** The maximum number of attempts if migrations deadlock with a running instance. */
const MAX_ATTEMPTS = 10

const OLDER =
  'it was made by an older version of this service; run "npm run migrate" with DATABASE_URL set to it first'

const NEWER =
  'it was made by a newer version of this service, which may keep more than this one would copy; use that version'

const WHAT_TO_DO = 'nothing was changed; restore a backup, or set DATABASE_URL to another database'

/** Throws if the database was written by another program, or by a newer version with which this one is incompatible. */
function assertOurs(
  applied: AppliedMigration[],
  known: ReturnType<typeof readMigrationFiles>,
): void {
  const newest = Math.max(...known.map(({ folderMillis }) => folderMillis))
  for (const [index, { hash, at, contracts }] of applied.entries()) {
    const migration = known[index]
    if (migration?.hash === hash && migration.folderMillis === Number(at)) continue
    if (migration || Number(at) <= newest) {
      throw new Error(`its migration ${index + 1} is not one of this service; ${WHAT_TO_DO}`)
    }
    if (contracts) {
      throw new Error(
        'it was written by a newer version of this service, and this one can no longer use it; nothing was changed. ' +
          'Run the newer version, or set DATABASE_URL to a database restored from a backup',
      )
    }
  }
}

async function migrations(client: Client): Promise<void> {
  const known = readMigrationFiles({ migrationsFolder })
  const { rows: found } = await client.query("SELECT to_regclass('migrations') AS name")
  const { rows: tables } = await client.query(
    'SELECT count(*) AS count FROM pg_tables WHERE schemaname = current_schema()',
  )
  const isOurs = found[0]?.name !== null
  if (!isOurs && tables[0]?.count > 0) {
    throw new Error('it has tables that do not belong to this service; nothing was changed')
  }
  const applied: AppliedMigration[] = isOurs ? (await client.query(APPLIED)).rows : []
  assertOurs(applied, known)
  if (applied.length >= known.length) return
  await client.query(TABLE)
  for (const [index, { hash, folderMillis, sql }] of [...known.entries()].slice(applied.length)) {
    for (const text of sql) await client.query(text)
    const values = [index, hash, folderMillis, String(sql[0]).startsWith(CONTRACTS)]
    await client.query('INSERT INTO migrations VALUES ($1, $2, $3, $4)', values)
  }
}

/** Throws if `migrate-to` is copying a database, or has not finished filling it. */
async function assertWholeCopy(client: Client): Promise<void> {
  const { rows } = await client.query<{ isFree: boolean; isHalf: boolean }>(
    `SELECT pg_try_advisory_xact_lock_shared(${TRANSFER_LOCK}) AS "isFree",
       to_regclass('${PROGRESS_TABLE}') IS NOT NULL AS "isHalf"`,
  )
  if (!rows[0]?.isFree) throw new Error('migrate-to is copying it; wait until that ends')
  if (rows[0].isHalf) throw new Error(HALF_COPIED)
}

/** Throws unless the database has the tables of this version and is not a partial copy. `read` runs a query on it. */
export async function assertUpToDate(read: <Row>(text: string) => Promise<Row[]>): Promise<void> {
  const [found] = await read<{ isOurs: boolean; isHalf: boolean }>(
    `SELECT to_regclass('migrations') IS NOT NULL AS "isOurs",
       to_regclass('${PROGRESS_TABLE}') IS NOT NULL AS "isHalf"`,
  )
  if (!found?.isOurs) throw new Error('it is not a database of this service')
  if (found.isHalf) throw new Error(HALF_COPIED)
  const known = readMigrationFiles({ migrationsFolder })
  const applied = await read<AppliedMigration>(APPLIED)
  assertOurs(applied, known)
  if (applied.length < known.length) throw new Error(OLDER)
  if (applied.length > known.length) throw new Error(NEWER)
}

/**
 * Brings the tables of a database up to date, in one transaction. If several instances start at the same time, one does
 * this, and the others wait for its lock, which it holds until the end of the transaction.
 */
export async function migrate(
  url: string,
  { mayBeHalfCopied = false, attempts = MAX_ATTEMPTS, maxIdleMs = MAX_IDLE_MS } = {},
): Promise<void> {
  await migrateOnce(url, mayBeHalfCopied, maxIdleMs).catch((error: unknown) => {
    // A running instance may have locked the same tables in another order.
    /* c8 ignore next 2 -- no test can time that */
    if (isDeadlock(error) && attempts > 1)
      return migrate(url, { mayBeHalfCopied, attempts: attempts - 1, maxIdleMs })
    throw error
  })
}

async function migrateOnce(
  url: string,
  mayBeHalfCopied: boolean,
  maxIdleMs: number,
): Promise<void> {
  const config = patientConfig(url)
  const client = await connect(config)
  try {
    await client.query(config.begin)
    // A statement may take long. But an instance that runs none for this long is suspended or gone, and others wait.
    await client.query(`SET LOCAL idle_in_transaction_session_timeout = ${maxIdleMs}`)
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    if (!mayBeHalfCopied) await assertWholeCopy(client)
    await migrations(client)
    await client.query('COMMIT')
  } finally {
    await client.end()
  }
}
