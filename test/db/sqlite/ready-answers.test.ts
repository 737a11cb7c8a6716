/** Ready answers while others write: what the contract cannot test, because it waits for each write. */
import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { openStore } from '../../../db/open.ts'
import { NO_PAUSE } from '../../../db/pause.ts'
import { ReadyAnswers } from '../../../db/sqlite/ready-answers.ts'
import type { Outcome, Store, StoreOptions } from '../../../db/store.ts'
import { temporaryFolder } from '../../helper.ts'
import { randomOf } from '../../random.ts'
import { createAll } from '../create-all.ts'
import { INTERVAL, offer } from '../fixture.ts'
import { ALL, differences, readyProduct } from '../made-answers.ts'

const PRODUCTS = 20

/** A store with polled products, and a connection of another program to its file. */
async function shared(t: Test, options: Partial<StoreOptions> = {}) {
  const path = join(await temporaryFolder(t), 'test.db')
  const store = await openStore(`file:${path}`, {
    ...{ clock: Date.now, newId: randomUUIDv7, staleAfterMs: 3 * INTERVAL },
    readyBytes: 2 ** 20,
    ...options,
  })
  const other = new Database(path, { timeout: 5000 })
  t.teardown(async () => {
    other.close()
    await store.close()
  })
  const names = Array.from({ length: PRODUCTS }, (_, n) => ({ name: `${n}` }))
  const ids = (await createAll(store, names)).map(({ id }) => id)
  const tasks = await store.takeRegistrations(Number.POSITIVE_INFINITY, PRODUCTS)
  await store.settle(
    tasks.flatMap(({ token }): Outcome[] => [
      { type: 'registered', token, at: Date.now() },
      { type: 'refreshed', token, at: Date.now(), dueAt: Date.now(), offers: [offer('x', 1)] },
    ]),
  )
  return { store, other, ids }
}

async function pollAll(store: Store, price: number): Promise<void> {
  const at = Date.now()
  const tasks = await store.takeRefreshes(at, { most: 5, due: 5, early: 5 })
  await store.settle(
    tasks.map(({ token }, index): Outcome => {
      if (index % 2) return { type: 'unchanged', token, at, dueAt: at }
      return { type: 'refreshed', token, at, dueAt: at, offers: [offer('x', price)] }
    }),
  )
}

for (const seed of [1, 2, 3]) {
  t.test(
    `ready answers are those of a read in the same turn while all write, ${seed}`,
    async (t) => {
      const { store, other, ids } = await shared(t)
      const random = randomOf(seed)
      const rename = other.prepare('UPDATE products SET name = ? WHERE id = ?')
      const one = () => ids[random(ids.length)] ?? ''
      const writes: (() => Promise<unknown>)[] = [
        () => store.updateProduct(one(), { name: `name ${random(1000)}` }),
        () => store.updateProducts([{ id: one(), patch: { tags: [`${random(3)}`] } }]),
        () => pollAll(store, random(1000)),
        // Right after writes of the store were sent: their thread commits before, after, or between the two.
        async () => rename.run(`foreign ${random(1000)}`, one()),
      ]
      const running = new Set<Promise<unknown>>()
      for (let turn = 0; turn < 1500; turn++) {
        const write = writes[random(40)]
        if (write) {
          const writing = write().finally(() => running.delete(writing))
          running.add(writing)
        }
        const wrong = await differences(store, [one(), one(), one()])
        if (wrong.length > 0) t.same(wrong, [], `in turn ${turn}`)
        await nextTurn()
      }
      await Promise.all(running)
      const { hits, misses } = store.ready
      t.ok(hits > 1000 && misses > 1000, `${hits} hits, ${misses} misses`)
    },
  )
}

t.test('a ready answer is never older than what was read or acknowledged before', async (t) => {
  const { store, ids } = await shared(t)
  const [id = ''] = ids
  const countOf = (product: { description: string }) => Number(product.description)
  const wrong: string[] = []
  let seen = 0
  let done = false
  async function count() {
    for (let n = 1; n <= 300; n++) {
      await store.updateProduct(id, { description: `${n}` })
      seen = Math.max(seen, n)
    }
    done = true
  }
  const counting = count()
  while (!done) {
    await nextTurn()
    // Each way to read comes after each other one, in turns of its own.
    for (const read of [
      async () => JSON.parse((await readyProduct(store, id)).body),
      async () => JSON.parse((await readyProduct(store, id)).body),
      async () => (await store.products(ALL)).items.find((product) => product.id === id),
    ]) {
      const before = seen
      const found = countOf(await read())
      if (found < before) wrong.push(`${found} after ${before}`)
      seen = Math.max(seen, found)
      if (seen % 2) await nextTurn()
    }
  }
  await counting
  t.same(wrong, [])
})

t.test(
  'a commit by another program is seen at once, and answers are kept again later',
  async (t) => {
    const { store, other, ids } = await shared(t)
    const [id = ''] = ids
    const nameNow = async () => JSON.parse((await readyProduct(store, id)).body).name
    t.equal(await nameNow(), '0')
    other.prepare('UPDATE products SET name = ? WHERE id = ?').run('foreign', id)
    await nextTurn()
    t.equal(await nameNow(), 'foreign')
    const { hits } = store.ready
    t.equal(await nameNow(), 'foreign')
    t.equal(store.ready.hits, hits, 'it may have changed again')
    await store.updateProduct(String(ids[1]), { name: 'own' })
    await nameNow()
    await nameNow()
    t.equal(store.ready.hits, hits + 1)
  },
)

t.test('a ready answer is no older than a read before it in the same turn', async (t) => {
  const { store, other, ids } = await shared(t)
  const [id = '', second = ''] = ids
  await readyProduct(store, id)
  await readyProduct(store, second)
  await nextTurn()
  const answers = [readyProduct(store, second)]
  other.prepare('UPDATE products SET name = ? WHERE id = ?').run('foreign', id)
  const fresh = store.product(id)
  answers.push(readyProduct(store, id))
  t.equal(store.ready.hits, 1, 'the first one was kept')
  t.match(JSON.parse((await answers[1])?.body ?? ''), { name: (await fresh).name })
})

t.test('a store without memory for answers keeps none', async (t) => {
  const { store, ids } = await shared(t, { readyBytes: 0 })
  t.same(await differences(store, ids), [])
  t.same(await differences(store, ids), [])
  t.match(store.ready, { hits: 0, bytes: 0 })
})

/** Answers that know of commits what the test says. */
function answers(announced: number) {
  const commits = { count: announced }
  const count = () => commits.count
  const ready = new ReadyAnswers({ bytes: 10_000, count, announced, clock: Date.now })
  const always = {
    from: 0,
    to: Number.POSITIVE_INFINITY,
    dueAt: Number.POSITIVE_INFINITY,
    pause: NO_PAUSE.name,
  }
  const keep = (id: string, key: number) =>
    ready.keepOfProduct({ id, key }, 'product', { body: `${id} žluť`, tag: '' }, always)
  const keepPage = (name: string) => ready.keepPage(name, { body: '[]', tag: '' }, always)
  return { ready, commits, keep, keepPage }
}

t.test('nothing is kept while the number of commits is not known', async (t) => {
  const { ready, keep, keepPage } = answers(Number.NaN)
  keep('a', 1)
  keepPage('all')
  t.equal(ready.counts.bytes, 0)
  ready.announced({ commits: 5, foreign: false, touched: [] })
  keep('a', 1)
  t.ok(ready.counts.bytes > 0)
  ready.announced({ commits: Number.NaN, foreign: false, touched: [] })
  t.equal(ready.counts.bytes, 0)
  ready.announced({ commits: 6, foreign: false, touched: [] }, false)
  keep('a', 1)
  t.equal(ready.counts.bytes, 0, 'nor while the reader does not see them')
})

t.test('answers are dropped by key, by id, or all; others stay', async (t) => {
  const { ready, commits, keep } = answers(1)
  const kept = () => ['a', 'b', 'c', 'd'].filter((id) => ready.ofProduct(id, 'product'))
  for (const [key, id] of ['a', 'b', 'c', 'd'].entries()) keep(id, key)
  commits.count = 2
  t.same(kept(), [], 'none is used before the commit is announced')
  ready.announced({ commits: 2, foreign: false, touched: ['nothing', { keys: [0, 99] }] })
  t.same(kept(), ['b', 'c', 'd'])
  ready.announced({ commits: 2, foreign: false, touched: ['lists', { ids: ['c', 'x'] }] })
  t.same(kept(), ['b', 'd'])
  ready.announced({ commits: 2, foreign: true, touched: ['nothing'] })
  t.same(kept(), [])
})

t.test('of more products in turn than there is memory for, many stay kept', async (t) => {
  const { ready, keep } = answers(1)
  const ids = Array.from({ length: 40 }, (_, key) => `product ${key}`)
  const pass = () => {
    const before = ready.counts.hits
    for (const [key, id] of ids.entries()) if (!ready.ofProduct(id, 'product')) keep(id, key)
    return ready.counts.hits - before
  }
  pass()
  for (let count = 2; count <= 10; count++) t.ok(pass() > 10, `in pass ${count}`)
  t.ok(ready.counts.bytes <= 10_000)
})

t.test('a product that is read often is kept, although the memory is full', async (t) => {
  const { ready, keep } = answers(1)
  for (let key = 0; key < 40; key++) keep(`product ${key}`, key)
  let misses = 0
  for (; !ready.ofProduct('often', 'product'); misses++) keep('often', 99)
  t.ok(misses > 1 && misses <= 20, `after ${misses}`)
})
