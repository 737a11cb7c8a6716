import t from 'tap'
import { byteaArray, textArray } from '../../../db/postgres/arrays.ts'
import { connectionConfig } from '../../../db/postgres/config.ts'
import { Reader } from '../../../db/postgres/reader.ts'
import { postgresDatabase } from '../../postgres/database.ts'

const TEXTS = [[], [null], ['', 'a "b" {c}, \\d', 'Łódź 🛒', null, 'NULL'], ['x'.repeat(70_000)]]
const BYTES = [[], [null], [Buffer.of(), Buffer.of(0, 255, 92, 39), null]]

t.test('the server reads arrays correctly', async (t) => {
  const reader = new Reader(connectionConfig(await postgresDatabase(t)), 1)
  t.teardown(() => reader.close())
  for (const texts of TEXTS) {
    const select = { name: 'texts', text: 'SELECT $1::text[] AS read' }
    t.same(await reader.query(select, [textArray(texts)]), [{ read: texts }])
  }
  for (const bytes of BYTES) {
    const select = { name: 'bytes', text: 'SELECT $1::bytea[] AS read' }
    t.same(await reader.query(select, [byteaArray(bytes)]), [{ read: bytes }])
  }
})
