import type Database from 'better-sqlite3'
import { present } from '../../present.ts'
import type { Counters, End } from '../../transfer/ends.ts'
import { sumsQuery } from '../../transfer/sql.ts'
import { LAYOUT } from './layout.ts'

const selectCounters = `SELECT products, pending, registered, offers,
    max(compacted_seq, coalesce((SELECT max(seq) FROM changes), 0)) AS lastSeq,
    compacted_seq AS compactedSeq,
    coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'products'), 0) AS lastKey
  FROM totals`

/** What source and target have in common. */
export function endOf(name: string, db: Database.Database): Omit<End, 'close'> {
  return {
    name,
    async assertUnused() {}, // The lock is enough.

    async sums(record) {
      const sums = db.prepare<[], Record<string, string>>(sumsQuery(LAYOUT, record)).get()
      return present(sums, 'the sums of', record)
    },

    async counters() {
      return present(db.prepare<[], Counters>(selectCounters).get(), 'the totals')
    },
  }
}
