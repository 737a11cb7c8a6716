import { DatabaseError } from 'pg'
import t from 'tap'
import { StoreUnavailable } from '../../../db/errors.ts'
import { type Statement, statement } from '../../../db/postgres/connection.ts'
import { GroupedReads, type KeyedReads } from '../../../db/postgres/grouped-reads.ts'
import type { Queryable } from '../../../db/postgres/reader.ts'

interface Row {
  id: string
}

const reads: KeyedReads<Row> = {
  one: statement('one', 'a key'),
  many: statement('many', 'an array of keys'),
  keyOf: ({ id }) => id,
}

/** The texts of an array in PostgreSQL's binary format, after a header of 20 bytes. */
function textsOf(array: Buffer): string[] {
  const texts: string[] = []
  for (let at = 20; at < array.length; ) {
    const end = at + 4 + array.readInt32BE(at)
    texts.push(array.toString('utf8', at + 4, end))
    at = end
  }
  return texts
}

/** A statement that a connection was sent: its keys, and how a test ends it. */
interface Sent {
  name: string
  keys: string[]
  /** Answers with the rows of these keys, in the opposite order, or with these rows. */
  answer: (ids?: string[]) => void
  fail: (error: Error) => void
}

/** Connections that a test answers, and what they were sent. */
function connections(count: number) {
  const sent: Sent[] = []
  const connection: Queryable = {
    query: <R>({ name }: Statement<R>, [value]: unknown[] = []) =>
      new Promise<R[]>((resolve, reject) => {
        const keys = Buffer.isBuffer(value) ? textsOf(value) : [String(value)]
        const rows = (ids: string[]) => ids.map((id) => ({ id }) as R)
        const answer = (ids = keys.toReversed()) => resolve(rows(ids))
        sent.push({ name, keys, answer, fail: reject })
      }),
  }
  return { sent, each: Array.from({ length: count }, () => connection) }
}

/** The next turn of the event loop. */
const turn = () => new Promise(setImmediate)

const refusal = () => new StoreUnavailable(new DatabaseError('refused', 7, 'error'))

/** What was sent, without what was sent before. */
const take = (sent: Sent[]) => sent.splice(0)

const keysIn = (sent: Sent[]) => sent.map(({ keys }) => keys)

t.test('a lone read is sent in the same turn, by the statement for one', async (t) => {
  const { sent, each } = connections(1)
  const read = new GroupedReads(each, reads).read('a')
  await turn()
  const [only] = take(sent)
  t.match(only, { name: 'one', keys: ['a'] })
  only?.answer()
  t.same(await read, { id: 'a' })
})

t.test('reads of one turn share a statement, and each gets its own row', async (t) => {
  const { sent, each } = connections(2)
  const grouped = new GroupedReads(each, reads)
  const all = Promise.all(['a', 'b', 'none', 'a'].map((key) => grouped.read(key)))
  await turn()
  const [only, ...others] = take(sent)
  t.same(others, [])
  t.match(only, { name: 'many', keys: ['a', 'b', 'none'] })
  only?.answer(['b', 'a'])
  t.same(await all, [{ id: 'a' }, { id: 'b' }, undefined, { id: 'a' }])
})

t.test('the same key, asked for twice in one turn, is read once', async (t) => {
  const { sent, each } = connections(1)
  const grouped = new GroupedReads(each, reads)
  const both = Promise.all([grouped.read('a'), grouped.read('a')])
  await turn()
  t.match(sent, [{ name: 'one', keys: ['a'] }])
  sent[0]?.answer()
  t.same(await both, [{ id: 'a' }, { id: 'a' }])
})

t.test('a read never joins a statement that was sent before', async (t) => {
  const { sent, each } = connections(1)
  const grouped = new GroupedReads(each, reads)
  const first = grouped.read('a')
  await turn()
  const later = Promise.all([grouped.read('a'), grouped.read('b')])
  await turn()
  t.same(keysIn(sent), [['a']], 'they wait while the only connection is busy')
  take(sent)[0]?.answer()
  await first
  await turn()
  t.same(keysIn(sent), [['a', 'b']])
  sent[0]?.answer()
  t.same(await later, [{ id: 'a' }, { id: 'b' }])
})

t.test('reads of the next turn go through the next connection', async (t) => {
  const { sent, each } = connections(2)
  const grouped = new GroupedReads(each, reads)
  for (const key of ['a', 'b', 'c']) {
    void grouped.read(key)
    await turn()
  }
  t.same(keysIn(sent), [['a'], ['b']])
  sent[1]?.answer()
  await turn()
  t.same(keysIn(sent), [['a'], ['b'], ['c']], 'whichever is free first takes what waits')
})

t.test('many reads of one turn are sent a hundred at a time', async (t) => {
  const { sent, each } = connections(2)
  const grouped = new GroupedReads(each, reads)
  const keys = Array.from({ length: 250 }, (_, n) => `${n}`)
  const all = Promise.all(keys.map((key) => grouped.read(key)))
  await turn()
  t.same(keysIn(sent), [keys.slice(0, 100), keys.slice(100, 200)])
  for (const { answer } of take(sent)) answer()
  await turn()
  t.same(keysIn(sent), [keys.slice(200)])
  sent[0]?.answer()
  t.same(
    await all,
    keys.map((id) => ({ id })),
  )
})

t.test('an error reaches every caller, and the next read is sent', async (t) => {
  const { sent, each } = connections(1)
  const grouped = new GroupedReads(each, reads)
  const both = Promise.allSettled([grouped.read('a'), grouped.read('b')])
  await turn()
  const error = new StoreUnavailable(new Error('down'))
  take(sent)[0]?.fail(error)
  t.same(await both, [
    { status: 'rejected', reason: error },
    { status: 'rejected', reason: error },
  ])
  t.same(sent, [])
  void grouped.read('c')
  await turn()
  t.same(keysIn(sent), [['c']])
})

t.test(
  'reads whose statement is refused are sent one by one, so that one fails alone',
  async (t) => {
    const { sent, each } = connections(1)
    const grouped = new GroupedReads(each, reads)
    const all = Promise.allSettled(['a', 'bad', 'b'].map((key) => grouped.read(key)))
    await turn()
    take(sent)[0]?.fail(refusal())
    await turn()
    t.same(keysIn(sent), [['a'], ['bad'], ['b']])
    const error = refusal()
    for (const { keys, answer, fail } of take(sent)) keys[0] === 'bad' ? fail(error) : answer()
    t.same(await all, [
      { status: 'fulfilled', value: { id: 'a' } },
      { status: 'rejected', reason: error },
      { status: 'fulfilled', value: { id: 'b' } },
    ])
    t.same(sent, [], 'the one that was refused alone is not sent again')
  },
)

t.test('a row with another key than was asked for answers nobody', async (t) => {
  const { sent, each } = connections(1)
  const read = new GroupedReads(each, reads).read('a')
  await turn()
  sent[0]?.answer(['b'])
  t.equal(await read, undefined)
})
