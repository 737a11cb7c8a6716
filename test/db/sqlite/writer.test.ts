import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import worker from 'node:worker_threads'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { Decisions } from '../../../db/sqlite/decisions.ts'
import { migrate } from '../../../db/sqlite/migrate.ts'
import { type Message, Writer, type WriterData } from '../../../db/sqlite/writer.ts'
import { temporaryFolder } from '../../helper.ts'

const unavailable = { message: 'The store is unavailable' }

const items = (...names: string[]) =>
  names.map((name) => ({ id: `id of ${name}`, name, description: '' }))

/** A writer on an empty file that reports its commits, and another connection. */
async function openWriter(t: Test, timeoutMs?: number) {
  const path = join(await temporaryFolder(t), 'test.db')
  migrate(path)
  const commits: number[] = []
  const writer = await Writer.open(
    { path, staleAfterMs: 1000 },
    { committed: (_durationMs, writes) => commits.push(writes) },
    timeoutMs,
  )
  const other = new Database(path)
  t.teardown(async () => {
    other.close()
    await writer.close()
  })
  return { writer, other, commits }
}

/** A time that stands still, by which a writer of the main thread measures its patience. */
function stoppedTime(t: Test) {
  const time = { now: 0 }
  t.intercept(performance, 'now', { value: () => time.now })
  return time
}

/** The patience of a writer whose time stands still. It looks at that time twenty times as often, by a real timer. */
const PATIENCE_MS = 40

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
  // Two products with one id can only come of a damaged index.
  t.match(results[2], { reason: { message: /damaged in products/ } })
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
  await t.rejects(create(writer, 'b'), unavailable)
  await created
  await closed
  await t.rejects(create(writer, 'c'), unavailable)
  t.strictSame(other.prepare('SELECT name FROM products').pluck().all(), ['a'])
})

t.test('what waits too long for its commit fails, and is never applied', async (t) => {
  const time = stoppedTime(t)
  const { writer, other } = await openWriter(t, PATIENCE_MS)
  other.exec('BEGIN IMMEDIATE')
  const failed = ['a', 'b'].map((name) => t.rejects(create(writer, name), unavailable))
  time.now += PATIENCE_MS
  await Promise.all(failed)
  t.equal(writer.queued, 2)
  other.exec('COMMIT')
  await create(writer, 'c')
  t.strictSame(other.prepare('SELECT name FROM products').pluck().all(), ['c'])
})

t.test('what the lock of another program fails is not stored when that has gone', async (t) => {
  const { writer, other } = await openWriter(t)
  other.exec('BEGIN IMMEDIATE')
  const names = Array.from('abcdefghijkl')
  const results = await Promise.allSettled(names.map((name) => create(writer, name)))
  t.ok(results.every(({ status }) => status === 'rejected'))
  other.exec('COMMIT')
  await create(writer, 'later')
  t.strictSame(other.prepare('SELECT name FROM products').pluck().all(), ['later'])
})

t.test('the words of products created in one transaction are indexed together', async (t) => {
  const { writer, other } = await openWriter(t)
  await Promise.all(Array.from({ length: 10 }, (_, index) => create(writer, `product ${index}`)))
  const segments = other.prepare('SELECT count(DISTINCT segid) FROM products_fts_idx').pluck().get()
  t.equal(segments, 1)
})

const unknown = { message: 'Whether the write was stored is not known' }

/** A writer whose thread is played by the test. */
async function playedWriter(t: Test, timeoutMs?: number) {
  const threads: FakeThread[] = []
  class FakeThread extends EventEmitter {
    readonly decisions: Decisions
    readonly #port: WriterData['port']
    constructor(_file: URL, { workerData }: { workerData: WriterData }) {
      super()
      this.#port = workerData.port
      this.decisions = new Decisions(workerData.decisions)
      threads.push(this)
      setImmediate(() =>
        this.send({ answers: [], durationMs: 0, lastSeq: 0, commits: 0, foreign: false }),
      )
    }
    send(message: Message) {
      this.#port.postMessage(message)
    }
    end() {
      this.emit('exit')
      this.#port.close()
    }
  }
  const { Writer: Played } = await t.mockImport<typeof import('../../../db/sqlite/writer.ts')>(
    '../../../db/sqlite/writer.ts',
    { 'node:worker_threads': { ...worker, Worker: FakeThread } },
  )
  const writer = await Played.open({ path: '', staleAfterMs: 1 }, {}, timeoutMs)
  const [thread] = threads
  if (!thread) throw new Error('no thread was started')
  const alive = setInterval(() => {}, 1000) // As a thread keeps the process.
  t.teardown(() => {
    clearInterval(alive)
    thread.end()
  })
  return { writer, thread }
}

t.test('a commit that has begun is waited for longer, then its end is unknown', async (t) => {
  const time = stoppedTime(t)
  const { writer, thread } = await playedWriter(t, PATIENCE_MS)
  const committing = t.rejects(create(writer, 'a'), unknown)
  thread.decisions.claim(0, 1)
  const refused = create(writer, 'b')
  time.now += PATIENCE_MS
  await t.rejects(refused, unavailable)
  time.now += PATIENCE_MS
  await committing
})

t.test('a commit that has begun and ends late is still acknowledged', async (t) => {
  const time = stoppedTime(t)
  const { writer, thread } = await playedWriter(t, PATIENCE_MS)
  const committing = create(writer, 'a')
  thread.decisions.claim(0, 1)
  const refused = create(writer, 'b')
  time.now += 2 * PATIENCE_MS - 1
  await t.rejects(refused, unavailable)
  thread.send({
    answers: [{ value: 7 }, { error: new Error('given up') }],
    durationMs: 50,
    lastSeq: 0,
    commits: 0,
    foreign: false,
  })
  t.equal(await committing, 7)
})

t.test('what the thread is in doubt about is not known', async (t) => {
  const { writer, thread } = await playedWriter(t)
  const call = create(writer, 'a')
  thread.send({
    answers: [{ doubt: new Error('no flush') }],
    durationMs: 1,
    lastSeq: 0,
    commits: 0,
    foreign: false,
  })
  await t.rejects(call, unknown)
})

t.test('where the thread dies, only what it was committing is not known', async (t) => {
  const { writer, thread } = await playedWriter(t)
  const results = Promise.allSettled([create(writer, 'a'), create(writer, 'b')])
  thread.decisions.claim(0, 1)
  thread.end()
  t.match(await results, [{ reason: unknown }, { reason: unavailable }])
})

t.test('an answer that the thread gave before it died is the answer', async (t) => {
  const { writer, thread } = await playedWriter(t)
  const results = Promise.allSettled([create(writer, 'a'), create(writer, 'b')])
  thread.send({ answers: [{ value: 7 }], durationMs: 1, lastSeq: 0, commits: 0, foreign: false })
  thread.end()
  t.match(await results, [{ value: 7 }, { reason: unavailable }])
})

t.test('a thread that ends before it is ready fails the start', async (t) => {
  const path = join(await temporaryFolder(t), 'missing', 'test.db')
  await t.rejects(Writer.open({ path, staleAfterMs: 1000 }, {}), /unable to open|directory/)
})

t.test('a feed that cannot be read fails no write that does not need it', async (t) => {
  const { writer, other } = await openWriter(t)
  await create(writer, 'a')
  other.exec('DROP TABLE changes')
  await writer.call('saveSecret', { name: 'a', value: new Uint8Array(32) })
  t.equal(writer.lastSeq, 1, 'the last change is the last one known')
})
