import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openPostgresTarget } from '../../../db/postgres/transfer/target.ts'
import { openSqliteTarget } from '../../../db/sqlite/transfer/target.ts'
import type { Target } from '../../../db/transfer/ends.ts'
import { temporaryFolder } from '../../helper.ts'
import { postgresDatabase } from '../../postgres/database.ts'

const NONE = { products: 0, pending: 0, registered: 0, offers: 0 }
const EMPTY = { ...NONE, lastSeq: 0, compactedSeq: 0, lastKey: 0 }

// A service on such a database numbered its changes and counted its products as those of the copy.
async function assertCleared(t: Test, target: Target): Promise<void> {
  const progress = { source: 'source', record: 'products' as const, rows: 0 }
  await target.begin(progress)
  const product = { key: 7, id: 'p', name: 'Mower', description: '', external_id: null }
  const written = {
    ...product,
    tags: '[]',
    metadata: '{}',
    created_at: 1,
    updated_at: 1,
    version: 1,
  }
  const row = { ...written, registration: 'pending', registration_failures: 0, register_at: 1 }
  const others = ['registration_reason', 'registered_at', 'registration_fault']
  const failure = ['registration_message', 'registration_failed_at']
  const missing = Object.fromEntries([...others, ...failure].map((name) => [name, null]))
  await target.write('products', [{ ...row, ...missing }], progress)
  await target.complete({ ...EMPTY, lastSeq: 9, compactedSeq: 9, lastKey: 8 }, () => {})
  t.match(await target.counters(), { products: 1, pending: 1, lastSeq: 9, lastKey: 8 })
  await target.clear()
  t.strictSame(await target.counters(), EMPTY)
  await target.close()
}

t.test('of a copy that is discarded nothing is left in PostgreSQL', async (t) => {
  await assertCleared(
    t,
    await openPostgresTarget('target', await postgresDatabase(t, { empty: true })),
  )
})

t.test('of a copy that is discarded nothing is left in a file', async (t) => {
  const path = join(await temporaryFolder(t), 'test.db')
  await assertCleared(t, await openSqliteTarget('target', path))
})
