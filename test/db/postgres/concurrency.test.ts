/** Two instances that write to the same few products at once. */
import t from 'tap'
import type { PostgresStore } from '../../../db/postgres/store.ts'
import type { Outcome } from '../../../db/store.ts'
import { DAY_MS, HOUR_MS } from '../../../history/time.ts'
import { execute, postgresDatabase } from '../../postgres/database.ts'
import { randomOf } from '../../random.ts'
import { instance } from './instances.ts'

/** How many times each instance does each kind of write; the default keeps the suite short. */
const ROUNDS = Number(process.env.ROUNDS ?? 8)

const EXTERNAL_IDS = Array.from({ length: 12 }, (_, n) => `sku-${n}`)
const ALL = { most: 100, due: 100, early: 100 }

/** What a writer may be refused because of what the other one did. */
const EXPECTED = new Set(['PRODUCT_NOT_FOUND', 'EXTERNAL_ID_TAKEN', 'VERSION_MISMATCH'])

t.test('two instances that write the same products lose and duplicate nothing', async (t) => {
  const url = await postgresDatabase(t)
  const database = new URL(url).pathname.slice(1)
  await execute(url, `ALTER DATABASE ${database} SET deadlock_timeout = '20ms'`)
  const time = { now: Date.UTC(2026, 5, 15) }
  const clock = () => time.now
  const stores = [await instance(t, url, { clock }), await instance(t, url, { clock })] as const
  for (const store of [...stores, ...stores]) await store.renewLease()
  const failures: unknown[] = []

  async function poll(store: PostgresStore, random: (below: number) => number) {
    time.now += 1000
    const at = time.now
    const offers = Array.from({ length: random(4) }, () => random(6)).map((n) => `${n}`)
    const found = [...new Set(offers)].map((id) => ({ id, price: random(50), items_in_stock: 1 }))
    const pending = await store.takeRegistrations(Number.POSITIVE_INFINITY, 100)
    const due = await store.takeRefreshes(at, ALL)
    await store.settle([
      ...pending.map(({ token }): Outcome => ({ type: 'registered', token, at })),
      ...[...pending, ...due].map(({ token }): Outcome => {
        if (random(4) === 0) return { type: 'unchanged', token, at, dueAt: at }
        return { type: 'refreshed', token, at, dueAt: at, offers: found }
      }),
    ])
  }

  async function write(store: PostgresStore, seed: number): Promise<void> {
    const random = randomOf(seed)
    const pick = () => EXTERNAL_IDS[random(EXTERNAL_IDS.length)] ?? ''
    const known = async () => (await store.productByExternalId(pick())).id
    const items = (seed % 2 === 0 ? EXTERNAL_IDS : EXTERNAL_IDS.toReversed()).map((id) => ({
      name: id,
      external_id: id,
    }))
    const compaction = {
      rollBefore: Math.floor(time.now / HOUR_MS) * HOUR_MS,
      rawBefore: time.now - DAY_MS,
      changesBefore: 0,
    }
    const writes = [
      () => store.createProducts(items, 'skip'),
      () => store.createProducts(items, 'update'),
      () => store.putProduct(pick(), { name: `${random(9)}` }),
      async () => store.updateProduct(await known(), { description: `${random(9)}` }),
      async () => store.updateProduct(await known(), { external_id: pick() }),
      async () => store.deleteProduct(await known()),
      async () => store.deleteProduct(await known()),
      () => poll(store, random),
      () => store.compact(compaction),
    ]
    await Promise.all(
      writes.map(async (once) => {
        for (let round = 0; round < ROUNDS; round++) {
          await once().catch((error: unknown) => {
            const code = error instanceof Error && 'code' in error ? String(error.code) : ''
            if (!EXPECTED.has(code)) failures.push(error)
          })
          if (random(10) === 0) time.now += HOUR_MS / 4
        }
      }),
    )
  }
  await Promise.all([write(stores[0], 1), write(stores[1], 2)])

  t.same(failures, [])
  const { rows } = await execute(
    url,
    `SELECT count(*) AS products, count(*) FILTER (WHERE registration = 'pending') AS pending,
       count(*) FILTER (WHERE registration = 'registered') AS registered,
       coalesce(sum(offers_count), 0)::bigint AS offers
     FROM products JOIN listings ON product_key = key JOIN polls USING (product_key)`,
  )
  t.same(await stores[0].totals(), rows[0], 'the totals are what there is')
  const seqs: number[] = []
  const states = new Map<string, number>()
  for (let after = 0, done = false; !done; ) {
    const page = await stores[1].changes({ after, limit: 1_000 })
    for (const { seq, type, product_id } of page.items) {
      seqs.push(seq)
      if (type === 'product.created') states.set(product_id, (states.get(product_id) ?? 0) + 1)
      if (type === 'product.deleted') states.set(product_id, (states.get(product_id) ?? 0) - 1)
    }
    done = page.items.length === 0
    after = page.lastSeq
  }
  t.same(
    seqs,
    Array.from({ length: seqs.length }, (_, n) => n + 1),
    'the feed has no gap',
  )
  const left = [...states].filter(([, count]) => count === 1).map(([id]) => id)
  const stored = await execute(url, 'SELECT id FROM products')
  t.same(left.toSorted(), stored.rows.map(({ id }) => id).toSorted(), 'each change is told once')
})
