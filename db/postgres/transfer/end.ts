import type { Counters, End } from '../../transfer/ends.ts'
import { named } from '../../transfer/named.ts'
import { sumsQuery } from '../../transfer/sql.ts'
import { assertUnused } from './guard.ts'
import { LAYOUT } from './layout.ts'
import type { TransferSession } from './session.ts'

const selectCounters = `SELECT products, pending, registered, offers, seq AS "lastSeq",
    compacted_seq AS "compactedSeq",
    (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM products_key_seq) AS "lastKey"
  FROM feed`

/** What source and target have in common. */
export function endOf(name: string, session: TransferSession): Omit<End, 'close'> {
  return {
    name,

    assertUnused: () => named(name, assertUnused(session)),

    async sums(record) {
      return session.readOne<Record<string, string>>(sumsQuery(LAYOUT, record))
    },

    async counters() {
      return session.readOne<Counters>(selectCounters)
    },
  }
}
