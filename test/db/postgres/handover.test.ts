/** Work that was asked for when an instance still had it, and is answered when it has not. */
import t from 'tap'
import type { Queryable } from '../../../db/postgres/reader.ts'
import { SHARDS, Work } from '../../../db/postgres/work.ts'
import { eventually } from '../../helper.ts'
import { execute, openSession, postgresDatabase } from '../../postgres/database.ts'
import { ALL, beat, catalogue, expire, handedOutOnce, instance, takeAll } from './instances.ts'

const NOW = 1_000

/** A product of each of two shards. */
const [KEPT, GIVEN_UP] = [SHARDS + 1, SHARDS + 2]
const BOTH = [KEPT, GIVEN_UP].map((key) => ({ key, dueAt: NOW }))

type Rows = readonly object[] | Error

/** The work of an instance that has two shards, on a database that answers when the test says so. */
function workAtHand() {
  const questions: ((rows: Rows) => void)[] = []
  const db: Queryable = {
    async query() {
      const { promise, resolve } = Promise.withResolvers<Rows>()
      questions.push(resolve)
      const rows = await promise
      if (rows instanceof Error) throw rows
      return JSON.parse(JSON.stringify(rows)) // Rows come without a type, as from the driver.
    },
  }
  const ownership: { id: string | undefined; shards: Set<number> } = {
    id: 'first',
    shards: new Set([1, 2]),
  }
  const work = new Work(db, ownership)

  /** Resolves when so many questions were asked. */
  const asked = (count: number) => eventually(() => questions.length === count)
  /** Answers a question, of which the first one is 0. */
  async function answer(question: number, rows: Rows) {
    await eventually(() => questions.length > question)
    questions[question]?.(rows)
  }
  async function load() {
    const first = questions.length
    const loaded = work.load(ownership.shards)
    await answer(first, BOTH)
    await answer(first + 1, [])
    await loaded
  }
  /** The others give the instance up, and it joins them again. */
  async function beginAnew() {
    work.clear()
    ownership.id = 'second'
    await load()
  }
  return { work, ownership, asked, answer, load, beginAnew }
}

const idsOf = (tasks: readonly { id: string }[]) => tasks.map(({ id }) => id)

t.test('the due times of a shard that is given up while they are read are not kept', async (t) => {
  const { work, ownership, answer } = workAtHand()
  const loaded = work.load(ownership.shards)
  ownership.shards.delete(2)
  await answer(0, BOTH)
  await answer(1, [])
  await loaded
  t.equal(work.share, 1)
})

t.test('registrations of a shard that is given up meanwhile are not handed out', async (t) => {
  const { work, ownership, asked, answer } = workAtHand()
  const taken = work.takeRegistrations(NOW, 9, NOW)
  await asked(1)
  ownership.shards.delete(2)
  await answer(0, [
    { key: KEPT, id: 'kept' },
    { key: GIVEN_UP, id: 'given up' },
  ])
  t.same(idsOf(await taken), ['kept'])
  t.notOk(work.isBusy(2))
})

// Their outcomes were refused, and nothing freed them: they were never registered, nor their shards given up.
t.test('registrations answered after the lease was lost can be handed out again', async (t) => {
  const { work, asked, answer, beginAnew } = workAtHand()
  const taken = work.takeRegistrations(NOW, 9, NOW)
  await asked(1)
  await beginAnew()
  await answer(0, [{ key: KEPT, id: 'a' }])
  t.same(await taken, [])
  t.notOk(work.isBusy(1))
})

const ENDS: [how: string, end: Rows][] = [
  ['are found to be those of others', []],
  ['cannot be read', new Error('lost')],
]
// They were forgotten, and polled no more until their shard moved.
for (const [how, end] of ENDS) {
  t.test(`polls that ${how} are due after an instance began anew`, async (t) => {
    const { work, asked, answer, load, beginAnew } = workAtHand()
    await load()
    const taken = work.takeRefreshes(NOW, ALL).catch((error: unknown) => error)
    await asked(3)
    await beginAnew()
    await answer(2, end)
    t.same(await taken, end)
    t.equal(work.share, 2)
    const again = work.takeRefreshes(NOW, ALL)
    await answer(5, [
      { key: KEPT, id: 'a', isPaused: false },
      { key: GIVEN_UP, id: 'b', isPaused: false },
    ])
    t.same(idsOf(await again), ['a', 'b'])
  })
}

// Nobody polled it until its shard moved.
t.test('a product is polled whose registration was stored without an answer', async (t) => {
  const { work, answer } = workAtHand()
  const registering = work.takeRegistrations(NOW, 9, NOW)
  await answer(0, [{ key: KEPT, id: 'a' }])
  await registering
  work.settled([{ type: 'registered', key: KEPT, at: NOW }], false)
  const taken = work.takeRefreshes(NOW, ALL)
  await answer(1, [{ key: KEPT, id: 'a', isPaused: false }])
  t.same(idsOf(await taken), ['a'])
})

t.test('an instance that loses its lease while it reads its new share starts again', async (t) => {
  const url = await postgresDatabase(t)
  const [first, second, third] = [
    await instance(t, url),
    await instance(t, url),
    await instance(t, url),
  ]
  await beat([first, second, third])
  const ids = await catalogue([first, second, third])
  const [task] = await first.takeRefreshes(Date.now(), ALL)
  await second.close()
  const client = await openSession(t, url)
  await client.query('BEGIN; LOCK TABLE polls')
  const renewed = first.renewLease()
  const waits = 'SELECT FROM pg_locks WHERE NOT granted'
  await eventually(async () => (await execute(url, waits)).rows.length === 1)
  await expire(url, first)
  const taken = third.renewLease()
  const others = 'SELECT FROM instances'
  await eventually(async () => (await execute(url, others)).rows.length === 1)
  const { refused } = await first.settle([{ type: 'released', token: task?.token ?? '' }])
  t.equal(refused.length, 1)
  await client.query('COMMIT')
  await Promise.all([renewed, taken])
  await beat([first, third])
  handedOutOnce(t, await takeAll([first, third]), ids)
})

// Both polled its products from then on.
t.test('a shard that has another owner in the database belongs to that owner alone', async (t) => {
  const url = await postgresDatabase(t)
  const [first, second] = [await instance(t, url), await instance(t, url)]
  await beat([first, second])
  const ids = await catalogue([first, second])
  // As on a server that takes over without the last transactions.
  await execute(
    url,
    `UPDATE shards SET owner = '${second.instanceId}' WHERE owner = '${first.instanceId}' AND shard < 20`,
  )
  await beat([first, second])
  handedOutOnce(t, await takeAll([first, second]), ids)
})
