import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import type { Test } from 'tap'
import { openStore } from '../../../db/open.ts'
import { DAY_MS } from '../../../history/time.ts'
import { temporaryFolder } from '../../helper.ts'

/** A store with one product, which is handed out, and a clock that can be set. */
export async function storeOfOneProduct(t: Test, begin: number, staleAfterMs = 3 * DAY_MS) {
  const time = { now: begin }
  const store = await openStore(`file:${join(await temporaryFolder(t), 'test.db')}`, {
    clock: () => time.now,
    newId: randomUUIDv7,
    staleAfterMs,
  })
  t.teardown(() => store.close())
  const { id } = await store.createProduct({ name: 'a' })
  const [task] = await store.takeRegistrations(Number.POSITIVE_INFINITY, 1)
  return { store, time, id, token: task?.token ?? '' }
}
