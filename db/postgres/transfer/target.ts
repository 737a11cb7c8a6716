import { FOLDING } from '../../../search/version.ts'
import type { Progress, Target } from '../../transfer/ends.ts'
import { PROGRESS_TABLE, progressOf, progressRow } from '../../transfer/half-copy.ts'
import { partsOf } from '../../transfer/layout.ts'
import {
  fieldsOf,
  type Kind,
  LEFT_BY_SERVICE,
  RECORD_NAMES,
  type RecordName,
  type Row,
} from '../../transfer/records.ts'
import { migrate } from '../migrate.ts'
import { endOf } from './end.ts'
import { assertUnused, openLocked } from './guard.ts'
import { LAYOUT } from './layout.ts'
import type { Query, TransferSession } from './session.ts'

const TYPES: Record<Kind, string> = {
  number: 'bigint',
  flag: 'boolean',
  text: 'text',
  bytes: 'bytea',
}

const tablesOf = (record: RecordName) => partsOf(LAYOUT, record).map(({ table }) => table)
const ALL_TABLES = RECORD_NAMES.flatMap(tablesOf)

// If the server crashes, the last transactions may be lost. Their progress is lost with them, so the copy resumes
// before them.
const NO_WAIT: Query = ['SET LOCAL synchronous_commit = off']

/** The statements that write rows of one kind of record. */
function inserts(record: RecordName, rows: Row[]): Query[] {
  const kinds = new Map(fieldsOf(record))
  return partsOf(LAYOUT, record).map(({ table, fields, made = {} }) => {
    const columns = [...fields, ...Object.keys(made)]
    const arrays = columns.map((column, n) => `$${n + 1}::${TYPES[kinds.get(column) ?? 'text']}[]`)
    const values = columns.map((column) => (column === 'terms' ? 'terms::tsvector' : column))
    const overriding = record === 'products' ? 'OVERRIDING SYSTEM VALUE' : ''
    return [
      `INSERT INTO ${table} (${columns}) ${overriding}
       SELECT ${values} FROM unnest(${arrays}) AS row (${columns})`,
      [
        ...fields.map((field) => rows.map((row) => row[field])),
        ...Object.values(made).map((make) => rows.map(make)),
      ],
    ]
  })
}

const keep = (progress: Progress): Query => [
  `INSERT INTO ${PROGRESS_TABLE} (key, source, state) VALUES (1, $1, $2)
   ON CONFLICT (key) DO UPDATE SET source = excluded.source, state = excluded.state`,
  Object.values(progressRow(progress)),
]

const setFeed = `UPDATE feed SET seq = $1, compacted_seq = $2,
    created_at = coalesce((SELECT max(created_at) FROM products), 0),
    products = (SELECT count(*) FROM products),
    pending = (SELECT count(*) FROM products WHERE registration = 'pending'),
    registered = (SELECT count(*) FROM products WHERE registration = 'registered'),
    offers = (SELECT coalesce(sum(offers_count), 0) FROM listings)`
const setLastKey = `SELECT setval('products_key_seq', greatest($1::bigint, 1), $1::bigint > 0)`
const setIndexed = `INSERT INTO search_state (key, folding) VALUES (1, $1)
  ON CONFLICT (key) DO UPDATE SET folding = excluded.folding, done_key = NULL`

function targetOf(name: string, session: TransferSession, lock: TransferSession): Target {
  return {
    ...endOf(name, session),

    async progress() {
      const { isKept } = await session.readOne<{ isKept: boolean }>(
        `SELECT to_regclass('${PROGRESS_TABLE}') IS NOT NULL AS "isKept"`,
      )
      if (!isKept) return undefined
      return progressOf(await session.readOne(`SELECT source, state FROM ${PROGRESS_TABLE}`))
    },

    async clear() {
      await session.run(
        [`TRUNCATE ${ALL_TABLES}`],
        [setFeed, [0, 0]],
        [setLastKey, [0]],
        [`DROP TABLE ${PROGRESS_TABLE}`],
      )
    },

    async begin(progress) {
      for (const record of RECORD_NAMES.filter((record) => !LEFT_BY_SERVICE.includes(record))) {
        for (const table of tablesOf(record)) {
          const found = await session.run([`SELECT FROM ${table} LIMIT 1`])
          if (found.length > 0)
            throw new Error(
              `${name} is not empty: it has rows in ${table}. Choose an empty database`,
            )
        }
      }
      await session.run(
        [`TRUNCATE ${LEFT_BY_SERVICE.flatMap(tablesOf)}`],
        [
          `CREATE TABLE ${PROGRESS_TABLE} (key smallint PRIMARY KEY, source text NOT NULL, state text NOT NULL)`,
        ],
        keep(progress),
      )
    },

    async write(record, rows, progress) {
      await session.run(NO_WAIT, ...inserts(record, rows), keep(progress))
    },

    async complete({ lastSeq, compactedSeq, lastKey }) {
      await session.run(
        [setFeed, [lastSeq, compactedSeq]],
        [setLastKey, [lastKey]],
        [setIndexed, [FOLDING]],
        [`ANALYZE ${ALL_TABLES}`], // Otherwise the first requests would be planned for empty tables.
      )
    },

    async seal() {
      await session.run([`DROP TABLE ${PROGRESS_TABLE}`])
    },

    async close() {
      await session.close()
      await lock.close()
    },
  }
}

/** Opens the database at a URL for filling, creates its tables, and locks it against services. */
export async function openPostgresTarget(name: string, url: string): Promise<Target> {
  await migrate(url, { mayBeHalfCopied: true })
  return openLocked(url, async (session, lock) => {
    await assertUnused(session)
    return targetOf(name, session, lock)
  })
}
