import { randomUUIDv7 } from 'node:crypto'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { openStore } from '../../../../db/open.ts'
import type { Outcome, Store, TaskToken } from '../../../../db/store.ts'
import { soughtWords } from '../../../../search/query.ts'
import { eventually } from '../../../helper.ts'
import { DAY } from '../../fixture.ts'
import { AFTER, DAMAGES, damage, fullDatabase, keyOf, treesOf } from './database.ts'

const MINUTE = 60_000
const DAMAGED = {
  message: /^The database is damaged in \w+; stop the service and run "npm run verify"/,
}
const ALL = { most: 1000, due: 1000, early: 1000 }

/** A store on a database that was damaged like that, and whose time stands still unless it is moved. */
async function storeOn(t: Test, spoil: (path: string) => unknown) {
  const path = await fullDatabase(t)
  await spoil(path)
  const time = { now: AFTER }
  const store = await openStore(`file:${path}`, {
    clock: () => time.now,
    newId: randomUUIDv7,
    staleAfterMs: DAY,
  })
  t.teardown(() => store.close())
  return { store, time, path }
}

const sql = (text: string) => (path: string) => {
  const db = new Database(path)
  db.exec(text)
  db.close()
}

const pagesOf = (name: string, kind: string) => (path: string) => {
  const tree = treesOf(path).find((tree) => tree.name === name)
  const pages = tree?.pages.filter((page) => page.kind === kind).map(({ page }) => page) ?? []
  return damage(path, pages.slice(0, 1), DAMAGES.noise)
}

const refreshed = (token: TaskToken): Outcome => ({
  type: 'refreshed',
  token,
  at: AFTER,
  dueAt: AFTER + MINUTE,
  offers: [{ id: 'another', price: 1, items_in_stock: 1 }],
})

async function take(store: Store, now: number): Promise<TaskToken[]> {
  return (await store.takeRefreshes(now, ALL)).map(({ token }) => token)
}

/** Which of two products are among the tasks with these tokens. */
const spoilt = (tokens: TaskToken[]): number[] =>
  [40, 77].filter((key) => tokens.some((token) => keyOf(token) === key))

t.test('damage to one product does not keep others from being written', async (t) => {
  const { store, time, path } = await storeOn(
    t,
    sql("UPDATE listings SET offers = '[' WHERE product_key IN (40, 77)"),
  )
  const tokens = await take(store, AFTER)
  t.same(spoilt(tokens), [40, 77])
  t.ok(tokens.length > 90)
  await store.settle(tokens.map(refreshed))
  const db = new Database(path, { readonly: true })
  const left = db.prepare(
    'SELECT product_key FROM refreshes WHERE due_at IS NOT NULL AND checked_at < ?',
  )
  t.same(left.pluck().all(AFTER), [40, 77])
  db.close()

  // They are due as before, and would be asked for at full speed.
  t.same(spoilt(await take(store, AFTER)), [])
  time.now += MINUTE
  t.same(spoilt(await take(store, time.now)), [40, 77])
})

t.test(
  'a product whose registration cannot be written is left alone, whatever else is',
  async (t) => {
    const { store, time } = await storeOn(
      t,
      sql(`CREATE TRIGGER refused BEFORE UPDATE OF registration ON products WHEN new.key = 145
      BEGIN SELECT raise(ABORT, 'as a damaged row'); END`),
    )
    const spoiltToken = async () => {
      const tasks = await store.takeRegistrations(AFTER, 1000)
      return tasks.map(({ token }) => token).find((token) => keyOf(token) === 145)
    }
    const token = (await spoiltToken()) ?? ''
    t.ok(token)
    await store.settle([{ type: 'registered', token, at: AFTER }, refreshed(token)])
    t.notOk(await spoiltToken())
    time.now -= DAY
    t.ok(await spoiltToken(), 'also by a clock that was put back')
  },
)

t.test('products whose rows are damaged do not keep others from being handed out', async (t) => {
  const whole = await storeOn(t, () => {})
  const all = await take(whole.store, AFTER)
  const { store } = await storeOn(t, pagesOf('products', 'leaf'))
  const { length } = await take(store, AFTER)
  t.ok(length < all.length && length > all.length - 10, `${length} of ${all.length}`)
  const pending = await store.takeRegistrations(AFTER, 1000)
  t.equal(pending.length, (await whole.store.takeRegistrations(AFTER, 1000)).length)
})

t.test('if the order cannot be read, no work is handed out, and that is reported', async (t) => {
  const { store } = await storeOn(t, pagesOf('refreshes_due_at', 'leaf'))
  await t.rejects(store.takeRefreshes(AFTER, ALL), DAMAGED)
  t.equal((await store.takeRegistrations(AFTER, 5)).length, 5)
})

t.test('a read that fails for another reason than damage is not retried in parts', async (t) => {
  const { store } = await storeOn(t, () => {})
  const tokens = await take(store, AFTER)
  await store.close()
  const failed = { message: 'The store is unavailable' }
  await t.rejects(store.takeRefreshes(AFTER, ALL), failed)
  await t.rejects(store.settle(tokens.slice(0, 2).map(refreshed)), failed)
  const before = AFTER + DAY
  await t.rejects(
    store.compact({ rollBefore: before, rawBefore: before, changesBefore: before }),
    failed,
  )
})

t.test('a missing row that must exist is reported as damage', async (t) => {
  const { store } = await storeOn(t, sql('DELETE FROM totals'))
  const damaged = { message: /^The database is damaged; stop the service/ }
  await t.rejects(store.totals(), damaged)
  await eventually(() => store.damage.some(({ part }) => part === 'totals'))
})

t.test('a create that cannot be indexed fails alone', async (t) => {
  const { store } = await storeOn(t, pagesOf('products_fts_idx', 'leaf'))
  const [token = ''] = await take(store, AFTER)
  const before = await store.credentials()
  const done = await Promise.allSettled([
    store.createProduct({ name: 'new' }),
    store.settle([{ type: 'unchanged', token, at: AFTER, dueAt: AFTER + MINUTE }]),
    store.createProduct({ name: 'another' }),
    store.saveCredentials({ account: 'a', accessToken: 'b', expiresAt: null }, before),
  ])
  t.same(
    done.map(({ status }) => status),
    ['rejected', 'fulfilled', 'rejected', 'fulfilled'],
  )
  t.equal((await store.credentials())?.accessToken, 'b')
})

t.test('a check of readiness changes nothing, even together with other writes', async (t) => {
  const { store, path } = await storeOn(t, () => {})
  const before = { totals: await store.totals(), lastSeq: store.lastSeq }
  await store.check()
  t.same({ totals: await store.totals(), lastSeq: store.lastSeq }, before)
  const [, { id }] = await Promise.all([
    store.check(),
    store.createProduct({ name: 'Znamení' }),
    store.check(),
  ])
  const { items } = await store.products({
    sort: 'name',
    words: soughtWords('znameni'),
    limit: 9,
  })
  t.same(
    items.map((item) => item.id),
    [id],
  )
  t.same((await store.products({ sort: 'name', words: soughtWords('probe'), limit: 9 })).items, [])
  t.same(await checkOf(path), 'ok')
})

async function checkOf(path: string): Promise<unknown> {
  const db = new Database(path, { readonly: true })
  try {
    return db.pragma('integrity_check', { simple: true })
  } finally {
    db.close()
  }
}

t.test('a damaged history is not compacted, but all others are', async (t) => {
  const { store, path } = await storeOn(
    t,
    sql("UPDATE history SET polls = x'ffff' WHERE product_key IN (40, 77)"),
  )
  const before = AFTER - DAY
  const compaction = { rollBefore: before, rawBefore: before, changesBefore: AFTER + 1 }
  while (await store.compact(compaction));
  const db = new Database(path, { readonly: true })
  const behind = db.prepare('SELECT product_key FROM refreshes WHERE rolled_until < ?').pluck()
  t.same(behind.all(before), [40, 77])
  t.equal(db.prepare('SELECT count(*) FROM changes').pluck().get(), 0)
  db.close()
  await eventually(() => store.damage.some(({ part }) => part === 'history'))
})

t.test('polls that cannot be read for deletion do not delay others', async (t) => {
  const { store } = await storeOn(t, pagesOf('history', 'leaf'))
  for (const rawBefore of [AFTER - 2 * DAY, AFTER]) {
    const compaction = { rollBefore: AFTER - 2 * DAY, rawBefore, changesBefore: 0 }
    while (await store.compact(compaction));
  }
  t.ok(store.damage.length > 0)
})

t.test('damage that a check does not find is suspected where an operation failed', async (t) => {
  const found: unknown[] = []
  const path = await fullDatabase(t)
  const store = await openStore(`file:${path}`, {
    clock: () => AFTER,
    newId: () => 'the same id',
    staleAfterMs: DAY,
    observer: { committed() {}, failed() {}, damaged: (damage) => found.push(damage) },
  })
  t.teardown(() => store.close())
  await store.createProduct({ name: 'a' })
  await t.rejects(store.createProduct({ name: 'b' }), DAMAGED)
  await eventually(() => found.length > 0)
  t.same(found, [[]])
  t.match(store.damage, [{ part: 'products', means: 'some products' }])
  await t.rejects(store.createProduct({ name: 'c' }), DAMAGED)
  t.equal(store.damage.length, 1)
})
