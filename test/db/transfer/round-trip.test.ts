import { join } from 'node:path'
import t from 'tap'
import { moveDatabase } from '../../../db/transfer/move.ts'
import { temporaryFolder } from '../../helper.ts'
import { postgresDatabase } from '../../postgres/database.ts'
import { makeRows, ROWS, rowsOf } from './rows.ts'

const PAGES: [what: string, page: { rows: number; bytes: number } | undefined][] = [
  ['pages of the usual size', undefined],
  ['pages of two rows', { rows: 2, bytes: 1_000_000 }],
  ['pages as small as a row', { rows: 1000, bytes: 1 }],
]
for (const [what, page] of PAGES) {
  t.test(
    `what is moved to PostgreSQL and back is the same in every column, with ${what}`,
    async (t) => {
      const folder = await temporaryFolder(t)
      const [first, second] = [join(folder, 'first.db'), join(folder, 'second.db')]
      makeRows(first)
      const url = await postgresDatabase(t, { empty: true })
      const moved = await moveDatabase(`file:${first}`, url, { page })
      t.equal(moved.products, ROWS)
      const back = await moveDatabase(url, `file:${second}`, { page })
      t.strictSame(back, moved)
      t.strictSame(rowsOf(second), rowsOf(first))
      t.ok(Object.values(rowsOf(first)).every((rows) => rows.length > 0))
    },
  )
}
