import { stat } from 'node:fs/promises'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { eventually } from '../../helper.ts'
import { databaseWith, storeAt } from './copies.ts'

const MB = 2 ** 20
const LIMIT = 8 * MB

/** A store whose log has grown while another connection read. */
async function grown(t: Test) {
  const { path } = await databaseWith(t, 1)
  const store = await storeAt(path)
  t.teardown(() => store.close())
  const reader = new Database(path, { readonly: true })
  t.teardown(() => reader.close())
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM products').get()
  const items = Array.from({ length: 500 }, () => ({
    name: 'large',
    description: 'x'.repeat(10_000),
  }))
  for (let batch = 0; batch < 4; batch++) await store.createProducts(items)
  const logBytes = async () => (await stat(`${path}-wal`)).size
  t.ok((await logBytes()) > 2 * LIMIT)
  return { store, reader, logBytes }
}

t.test('the log shrinks when a long read has ended, even if nothing is written', async (t) => {
  const { store, reader, logBytes } = await grown(t)
  reader.exec('COMMIT')
  await eventually(async () => (await logBytes()) <= LIMIT)
  await store.createProduct({ name: 'goes on' })
  t.equal((await store.totals()).products, 2002)
})

t.test('the log shrinks while others write and read', async (t) => {
  const { store, reader, logBytes } = await grown(t)
  reader.exec('COMMIT')
  let done = false
  const busy = Array.from({ length: 4 }, async () => {
    while (!done) {
      const { id } = await store.createProduct({ name: 'small' })
      await store.product(id)
    }
  })
  await eventually(async () => (await logBytes()) <= LIMIT)
  done = true
  await Promise.all(busy)
})

t.test('writes continue while a reader keeps the log from shrinking', async (t) => {
  const { store, reader, logBytes } = await grown(t)
  const before = await logBytes()
  await store.createProduct({ name: 'goes on' })
  t.ok((await logBytes()) >= before)
  t.equal(reader.prepare('SELECT count(*) FROM products').pluck().get(), 1)
})
