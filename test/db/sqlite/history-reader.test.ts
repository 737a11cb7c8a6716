import { join } from 'node:path'
import t from 'tap'
import { historyReader } from '../../../db/encoding/history-reader.ts'
import { openConnection } from '../../../db/sqlite/connection.ts'
import { historyRows } from '../../../db/sqlite/history/rows.ts'
import { migrate } from '../../../db/sqlite/migrate.ts'
import { temporaryFolder } from '../../helper.ts'

t.test('nothing is reported about a product that was deleted in the meantime', async (t) => {
  const path = join(await temporaryFolder(t), 'test.db')
  migrate(path)
  const connection = openConnection(path)
  t.teardown(() => connection.close())
  const reader = historyReader(historyRows(connection))
  const offer = { key: 1, number: 1, firstSeenAt: 0 }
  const window = { from: 0, to: 10, last: 10, byHour: false }
  t.strictSame(reader.segments(offer, window), [])
  t.strictSame(reader.lowest(1, [{ number: 1, id: 'a', firstSeenAt: 0 }], window).segments, [])
  t.strictSame(reader.onSaleAt(1, 5, 5), [])
  t.equal(reader.lowestBetween(offer, 0, 10), null)
  t.equal(reader.firstLowest(1, 0, 10), null)
})
