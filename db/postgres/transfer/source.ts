import { createHash } from 'node:crypto'
import type { PageLimits, Source } from '../../transfer/ends.ts'
import { fieldsOf, keyOf, type RecordName, type Row } from '../../transfer/records.ts'
import { fromClause, selectList, sizeOf } from '../../transfer/sql.ts'
import { assertUpToDate } from '../migrate.ts'
import { endOf } from './end.ts'
import { assertUnused, openLocked } from './guard.ts'
import { LAYOUT } from './layout.ts'
import type { TransferSession } from './session.ts'

/** Values that differ between two states of a database. Each poll changes the times of `polls`. */
const STATE = `SELECT (SELECT json_agg(encode(value, 'hex') ORDER BY name) FROM secrets) AS secrets,
    (SELECT to_json(feed) FROM feed) AS feed, (SELECT last_value FROM products_key_seq) AS key,
    (SELECT json_build_array(max(checked_at), sum(due_at)::text, sum(failures)::text) FROM polls) AS polls,
    (SELECT count(*) FROM migrations) AS migrations`

/** Reads the rows after a key until the page is full. */
function pageQuery(record: RecordName, isFirst: boolean, limits: PageLimits): string {
  const key = keyOf(record).join()
  const after = isFirst ? '' : `WHERE (${key}) > (${keyOf(record).map((_, n) => `$${n + 1}`)})`
  const names = fieldsOf(record).map(([field]) => field)
  return `SELECT ${names} FROM (
      SELECT ${names}, sum(${sizeOf(record)}) OVER (
        ORDER BY ${key} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
      FROM (SELECT ${selectList(LAYOUT, record)} FROM ${fromClause(LAYOUT, record)} ${after}
        ORDER BY ${key} LIMIT ${limits.rows}) AS page
    ) AS sized WHERE before IS NULL OR before < ${limits.bytes} ORDER BY ${key}`
}

function sourceOf(name: string, session: TransferSession, lock: TransferSession): Source {
  return {
    ...endOf(name, session),

    async fingerprint() {
      const state = await session.run([STATE])
      return createHash('sha256').update(JSON.stringify(state)).digest('base64url')
    },

    async count(record) {
      const { count } = await session.readOne<{ count: number }>(
        `SELECT count(*) AS count FROM ${fromClause(LAYOUT, record)}`,
      )
      return count
    },

    page: (record, after, limits) =>
      session.run<Row>([pageQuery(record, after === undefined, limits), after]),

    async close() {
      await session.close()
      await lock.close()
    },
  }
}

/** Throws if the reopening of registrations, which this engine does step by step, is not complete. */
async function assertSettled(session: TransferSession): Promise<void> {
  const found = await session.run(['SELECT FROM credentials WHERE reregister_at IS NOT NULL'])
  if (found.length === 0) return
  throw new Error(
    'its products are being registered again under a new token; start the service, and stop it again when its log ' +
      'shows that it polls',
  )
}

/** Opens the database at a URL for copying. It is only read, but locked, so that no service changes it. */
export async function openPostgresSource(name: string, url: string): Promise<Source> {
  return openLocked(url, async (session, lock) => {
    await assertUpToDate((text) => session.run([text]))
    await assertUnused(session)
    await assertSettled(session)
    return sourceOf(name, session, lock)
  })
}
