import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { present } from '../../present.ts'
import type { Progress, Target } from '../../transfer/ends.ts'
import {
  PROGRESS_TABLE,
  type ProgressRow,
  progressOf,
  progressRow,
} from '../../transfer/half-copy.ts'
import { partsOf } from '../../transfer/layout.ts'
import { LEFT_BY_SERVICE, RECORD_NAMES, type RecordName, type Row } from '../../transfer/records.ts'
import { claimFile } from '../claim.ts'
import { COUNT } from '../damage/totals.ts'
import { migrate } from '../migrate.ts'
import { indexAll } from '../search-index.ts'
import { endOf } from './end.ts'
import { LAYOUT } from './layout.ts'

const tablesOf = (record: RecordName) => partsOf(LAYOUT, record).map(({ table }) => table)

/** Makes the function that writes rows of one kind of record. */
function writerOf(db: Database.Database, record: RecordName): (rows: Row[]) => void {
  const parts = partsOf(LAYOUT, record).map(({ table, fields, made = {} }) => {
    const columns = [...fields, ...Object.keys(made)]
    const insert = db.prepare(
      `INSERT INTO ${table} (${columns}) VALUES (${columns.map(() => '?')})`,
    )
    const makers = Object.values(made)
    return (row: Row) =>
      insert.run(...fields.map((field) => row[field]), ...makers.map((make) => make(row)))
  })
  return (rows) => {
    for (const row of rows) for (const write of parts) write(row)
  }
}

function targetOf(name: string, db: Database.Database, release: () => void): Target {
  const writers = new Map<RecordName, (rows: Row[]) => void>()
  const isKept = () =>
    db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(PROGRESS_TABLE) !== undefined

  const keep = (progress: Progress) =>
    db
      .prepare(
        `INSERT OR REPLACE INTO ${PROGRESS_TABLE} (key, source, state) VALUES (1, @source, @state)`,
      )
      .run(progressRow(progress))

  const empty = (records: readonly RecordName[]) => {
    for (const table of records.flatMap(tablesOf)) db.exec(`DELETE FROM ${table}`)
  }

  function setCounters(compactedSeq: number, lastKey: number): void {
    db.exec(COUNT)
    db.prepare('UPDATE totals SET compacted_seq = ?').run(compactedSeq)
    db.exec("DELETE FROM sqlite_sequence WHERE name = 'products'")
    db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('products', ?)").run(lastKey)
  }

  return {
    ...endOf(name, db),

    async progress() {
      if (!isKept()) return undefined
      const select = db.prepare<[], ProgressRow>(`SELECT source, state FROM ${PROGRESS_TABLE}`)
      return progressOf(present(select.get(), 'the progress of the copy'))
    },

    clear: async () =>
      db.transaction(() => {
        empty(RECORD_NAMES.toReversed())
        setCounters(0, 0)
        db.exec(
          `UPDATE search_state SET folding = 0, done_key = NULL; DROP TABLE ${PROGRESS_TABLE}`,
        )
      })(),

    begin: async (progress) =>
      db.transaction(() => {
        const used = RECORD_NAMES.filter((record) => !LEFT_BY_SERVICE.includes(record))
          .flatMap(tablesOf)
          .find((table) => db.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() !== undefined)
        if (used !== undefined)
          throw new Error(`${name} is not empty: it has rows in ${used}. Choose an empty database`)
        empty(LEFT_BY_SERVICE)
        db.exec(
          `CREATE TABLE ${PROGRESS_TABLE} (key integer PRIMARY KEY, source text NOT NULL, state text NOT NULL) STRICT`,
        )
        keep(progress)
      })(),

    async write(record, rows, progress) {
      const write = writers.get(record) ?? writerOf(db, record)
      writers.set(record, write)
      db.transaction(() => {
        write(rows)
        keep(progress)
      })()
      await nextTurn() // So that an abort is noticed and the progress is printed.
    },

    async complete({ compactedSeq, lastKey }, onProgress) {
      db.transaction(() => setCounters(compactedSeq, lastKey))()
      let done = 0
      for (const count of indexAll(db)) {
        done += count
        onProgress(done)
        await nextTurn()
      }
    },

    async seal() {
      db.pragma('synchronous = FULL')
      db.exec(`DROP TABLE ${PROGRESS_TABLE}`)
      db.pragma('wal_checkpoint(TRUNCATE)')
    },

    async close() {
      db.close()
      release()
    },
  }
}

/** Opens the database file at `path` for filling, creates it if it is missing, and locks it against services. */
export async function openSqliteTarget(name: string, path: string): Promise<Target> {
  const { file, lock } = await claimFile(path, { waitMs: 0 })
  try {
    migrate(file, { mayBeHalfCopied: true })
    const db = new Database(file)
    // A crash may lose the last transactions. Their progress is lost with them, so the copy resumes before them.
    db.pragma('synchronous = NORMAL')
    return targetOf(name, db, () => lock.release())
  } catch (error) {
    lock.release()
    throw error
  }
}
