/** What refers to a missing row was shown as the text "undefined", or as NaN. */
import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { openStore } from '../../../db/open.ts'
import type { Store } from '../../../db/store.ts'
import { DAY_MS, MINUTE_MS } from '../../../history/time.ts'
import { temporaryFolder } from '../../helper.ts'

const NOON = Date.UTC(2026, 5, 15, 12)

/** A store of a product that has an offer, and of a deleted one that had one. */
async function fill(t: Test) {
  const path = join(await temporaryFolder(t), 'test.db')
  const open = () =>
    openStore(`file:${path}`, {
      clock: () => NOON + MINUTE_MS,
      newId: randomUUIDv7,
      staleAfterMs: DAY_MS,
    })
  const store = await open()
  const { id } = await store.createProduct({ name: 'a' })
  const deleted = await store.createProduct({ name: 'b' })
  const offers = ['x', 'y'].map((id) => ({ id, price: 1, items_in_stock: 1 }))
  for (const { token } of await store.takeRegistrations(Number.POSITIVE_INFINITY, 2)) {
    await store.settle([
      { type: 'registered', token, at: NOON },
      { type: 'refreshed', token, at: NOON, dueAt: NOON + DAY_MS, offers },
    ])
  }
  await store.deleteProduct(deleted.id)
  await store.close()
  return { path, id, open }
}

const readAll = (store: Store) => store.changes({ limit: 100 })

const cases: [
  what: string,
  sql: string,
  read: (store: Store, id: string) => Promise<unknown>,
  lacks: RegExp,
][] = [
  ['a product', 'DELETE FROM deleted_products', readAll, /lacks the product with the key \d+$/],
  [
    'an offer of a deleted product',
    "UPDATE deleted_products SET offers = '{}'",
    readAll,
    /lacks offer 1 of the deleted product with the key \d+$/,
  ],
  [
    'what a poll found',
    'UPDATE changes SET offers = NULL',
    readAll,
    /lacks the offers of change \d+$/,
  ],
  [
    'a type of change',
    'UPDATE changes SET kind = 99 WHERE kind > 0',
    readAll,
    /lacks the type of change \d+$/,
  ],
  [
    'an offer at a moment',
    'DELETE FROM offers WHERE number = 2',
    (store, id) => store.offersAt(id, NOON),
    /lacks offer 2 of the product with the key \d+$/,
  ],
  [
    'an offer of the export',
    'DELETE FROM offers WHERE number = 2',
    (store, id) => Array.fromAsync(store.prices({ from: NOON - 1, to: NOON }, id)),
    /lacks offer 2 of product /,
  ],
  ['the totals', 'DELETE FROM totals', (store) => store.totals(), /lacks the totals$/],
]
for (const [what, sql, read, lacks] of cases) {
  t.test(`if the database lacks ${what}, the error names it`, async (t) => {
    const { path, id, open } = await fill(t)
    const store = await open()
    t.teardown(() => store.close())
    const db = new Database(path)
    db.pragma('ignore_check_constraints = ON')
    db.exec(sql)
    db.close()
    await t.rejects(read(store, id), { name: 'Error', tables: [], cause: { message: lacks } })
  })
}
