import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { KeyValue, PageLimits, Source } from '../../transfer/ends.ts'
import { keyOf, type RecordName, type Row } from '../../transfer/records.ts'
import { fromClause, selectList } from '../../transfer/sql.ts'
import { claimFile } from '../claim.ts'
import { assertUpToDate } from '../migration-history.ts'
import { endOf } from './end.ts'
import { LAYOUT } from './layout.ts'

/** Values that differ between two states of a database. Each start of a service changes `user_version`. */
const STATE = `SELECT (SELECT json_group_array(hex(value)) FROM secrets),
    (SELECT user_version FROM pragma_user_version),
    (SELECT json_array(products, pending, registered, offers, compacted_seq) FROM totals),
    (SELECT max(seq) FROM changes), (SELECT seq FROM sqlite_sequence WHERE name = 'products'),
    (SELECT max(checked_at) FROM refreshes), (SELECT count(*) FROM __drizzle_migrations)`

function bytesOf(row: Row): number {
  let bytes = 0
  for (const value of Object.values(row))
    bytes += typeof value === 'object' ? (value?.length ?? 0) : String(value).length
  return bytes
}

function pagesOf(db: Database.Database, record: RecordName) {
  const key = keyOf(record)
  const select = (where: string) =>
    db.prepare<KeyValue[], Row>(
      `SELECT ${selectList(LAYOUT, record)} FROM ${fromClause(LAYOUT, record)} ${where}
       ORDER BY ${key} LIMIT ?`,
    )
  const selectFirst = select('')
  const selectNext = select(`WHERE (${key}) > (${key.map(() => '?')})`)
  return (after: KeyValue[] | undefined, limits: PageLimits): Row[] => {
    const page: Row[] = []
    let bytes = 0
    const rows =
      after === undefined
        ? selectFirst.iterate(limits.rows)
        : selectNext.iterate(...after, limits.rows)
    for (const row of rows) {
      page.push(row)
      bytes += bytesOf(row)
      if (bytes >= limits.bytes) break
    }
    return page
  }
}

/** Opens the database file at `path` for copying. It is only read, but locked, so that no service changes it. */
export async function openSqliteSource(name: string, path: string): Promise<Source> {
  if (!existsSync(path)) throw new Error(`there is no file ${path}`)
  const { file, lock } = await claimFile(path, { waitMs: 0 })
  let db: Database.Database
  try {
    db = new Database(file, { readonly: true, fileMustExist: true })
    assertUpToDate(db)
  } catch (error) {
    lock.release()
    throw error
  }
  const pages = new Map<RecordName, ReturnType<typeof pagesOf>>()

  return {
    ...endOf(name, db),

    async fingerprint() {
      const state = db.prepare<[], unknown[]>(STATE).raw().get()
      return createHash('sha256').update(JSON.stringify(state)).digest('base64url')
    },

    async count(record) {
      return Number(
        db
          .prepare(`SELECT count(*) FROM ${fromClause(LAYOUT, record)}`)
          .pluck()
          .get(),
      )
    },

    async page(record, after, limits) {
      const pageAfter = pages.get(record) ?? pagesOf(db, record)
      pages.set(record, pageAfter)
      return pageAfter(after, limits)
    },

    async close() {
      db.close()
      lock.release()
    },
  }
}
