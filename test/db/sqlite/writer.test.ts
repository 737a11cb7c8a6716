import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { migrate } from '../../../db/sqlite/migrate.ts'
import { Writer } from '../../../db/sqlite/writer.ts'
import { temporaryFolder } from '../../helper.ts'

const unavailable = { message: 'The store is unavailable' }

const items = (...names: string[]) =>
  names.map((name) => ({ id: `id of ${name}`, name, description: '' }))

/** A writer to an empty file, which tells of its commits, and a connection of somebody else. */
async function openWriter(t: Test, patienceMs?: number) {
  const path = join(await temporaryFolder(t), 'test.db')
  migrate(path)
  const commits: number[] = []
  const writer = await Writer.open(
    { path, staleAfterMs: 1000 },
    { committed: (_durationMs, writes) => commits.push(writes) },
    patienceMs,
  )
  const other = new Database(path)
  t.teardown(async () => {
    other.close()
    await writer.close()
  })
  return { writer, other, commits }
}

const create = (writer: Writer, ...names: string[]) =>
  writer.call('createProducts', { items: items(...names), at: 1 })

t.test('what is written in one turn shares a commit, a bad one among it is alone', async (t) => {
  const { writer, other, commits } = await openWriter(t)
  const calls = ['a', 'b', 'a', 'c'].map((name) => create(writer, name))
  t.equal(writer.queued, 4)
  const results = await Promise.allSettled(calls)
  t.strictSame(
    results.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  )
  t.match(results[2], { reason: unavailable })
  t.strictSame(commits, [4])
  t.equal(writer.queued, 0)
  t.strictSame(other.prepare('SELECT name FROM products').pluck().all(), ['a', 'b', 'c'])
})

t.test('many in one turn are answered in their order', async (t) => {
  const { writer, commits } = await openWriter(t)
  const order: number[] = []
  const calls = Array.from({ length: 100 }, async (_, index) => {
    await create(writer, `product ${index}`)
    order.push(index)
  })
  await Promise.all(calls)
  t.strictSame(
    order,
    Array.from(order, (_, index) => index),
  )
  t.equal(
    commits.reduce((sum, count) => sum + count),
    100,
  )
})

t.test('what comes after a close was asked for is refused, what came before is done', async (t) => {
  const { writer, other } = await openWriter(t)
  const created = create(writer, 'a')
  const closed = writer.close()
  await created
  await closed
  await t.rejects(create(writer, 'b'), unavailable)
  t.strictSame(other.prepare('SELECT name FROM products').pluck().all(), ['a'])
})

t.test('what waits too long for the disk fails, and may still come to pass', async (t) => {
  const { writer, other } = await openWriter(t, 40)
  other.exec('BEGIN IMMEDIATE')
  await t.rejects(create(writer, 'a'), unavailable)
  t.equal(writer.queued, 1)
  const closed = writer.close()
  await new Promise(setImmediate) // It is told of the end before it can begin.
  other.exec('COMMIT')
  await closed
  t.strictSame(other.prepare('SELECT name FROM products').pluck().all(), ['a'])
})

t.test('the words of products created in one transaction are indexed together', async (t) => {
  const { writer, other } = await openWriter(t)
  await Promise.all(Array.from({ length: 10 }, (_, index) => create(writer, `product ${index}`)))
  const segments = other.prepare('SELECT count(DISTINCT segid) FROM products_fts_idx').pluck().get()
  t.equal(segments, 1)
})
