import { DatabaseError } from 'pg'
import t from 'tap'
import { OutcomeUnknown, StoreDamaged, StoreUnavailable, Undecodable } from '../../../db/errors.ts'
import { connectionConfig } from '../../../db/postgres/config.ts'
import { decoded, storeError } from '../../../db/postgres/connection.ts'
import { Reader } from '../../../db/postgres/reader.ts'
import { selectLastSeq } from '../../../db/postgres/reads.ts'
import { postgresDatabase } from '../../postgres/database.ts'
import { execute } from '../../postgres/execute.ts'
import { freePort } from '../../postgres/server.ts'

const UNAVAILABLE = { message: 'The store is unavailable' }

const refusal = (code: string, table?: string) =>
  Object.assign(new DatabaseError('refused', 7, 'error'), { code, table })

const ERRORS: [error: unknown, kind: new (...args: never[]) => Error, tables?: string[]][] = [
  [refusal('53100'), StoreUnavailable],
  [refusal('XX001'), StoreDamaged, []],
  [refusal('XX002', 'listings'), StoreDamaged, ['listings']],
  [new Undecodable('lacks it'), StoreDamaged, []],
  [new SyntaxError('no JSON'), StoreDamaged, []],
  [new RangeError('no time'), StoreDamaged, []],
  [new StoreUnavailable('closed'), StoreUnavailable],
  [new OutcomeUnknown('lost'), OutcomeUnknown],
]
for (const [error, kind, tables] of ERRORS) {
  t.test(`${error} ${JSON.stringify(error)} is a ${kind.name} to users of the store`, async (t) => {
    const seen = storeError(error)
    t.equal(seen.constructor, kind)
    if (tables) t.match(seen, { tables })
  })
}

t.test('rows that cannot be decoded are damage; other errors are kept as they are', async (t) => {
  t.equal(
    decoded(() => 1),
    1,
  )
  t.throws(() => decoded(() => JSON.parse('{')), { message: /^The database is damaged/ })
  const error = new TypeError('a bug')
  t.throws(
    () =>
      decoded(() => {
        throw error
      }),
    error,
  )
})

t.test('a reader continues when one of its sessions was ended', async (t) => {
  const reader = new Reader(connectionConfig(await postgresDatabase(t)), 2)
  t.teardown(() => reader.close())
  const end = { name: '', text: 'SELECT pg_terminate_backend(pg_backend_pid())' }
  // Tried again on another connection, which it ends as well.
  await t.rejects(reader.query(end), UNAVAILABLE)
  t.match(await Promise.all([1, 2, 3].map(() => reader.query(selectLastSeq))), [
    [{ seq: 0 }],
    [{ seq: 0 }],
    [{ seq: 0 }],
  ])
})

t.test('a reader still works after a statement was refused', async (t) => {
  const reader = new Reader(connectionConfig(await postgresDatabase(t)), 1)
  t.teardown(() => reader.close())
  await t.rejects(reader.query({ name: '', text: 'SELECT 1 / 0' }), UNAVAILABLE)
  t.match(await reader.query(selectLastSeq), [{ seq: 0 }])
})

const PID = { name: '', text: 'SELECT pg_backend_pid() AS pid' }

t.test(
  'reads through each connection of a reader continue when its session was ended',
  async (t) => {
    const url = await postgresDatabase(t)
    const reader = new Reader(connectionConfig(url), 2)
    t.teardown(() => reader.close())
    const sessions = () => Promise.all(reader.each.map((connection) => connection.query(PID)))
    const [[first], [second]] = (await sessions()) as [{ pid: number }[], { pid: number }[]]
    t.not(first?.pid, second?.pid)
    await execute(url, `SELECT pg_terminate_backend(${first?.pid})`)
    t.match(await sessions(), [[{ pid: Number }], [{ pid: Number }]])
  },
)

t.test('reads through each connection are refused while no connection can be made', async (t) => {
  const url = `postgres://postgres@127.0.0.1:${await freePort()}/postgres`
  const reader = new Reader(connectionConfig(url), 2)
  t.teardown(() => reader.close())
  for (const connection of [...reader.each, ...reader.each]) {
    await t.rejects(connection.query(PID), UNAVAILABLE)
  }
})

t.test('a closed reader reads nothing', async (t) => {
  const reader = new Reader(connectionConfig(await postgresDatabase(t)), 1)
  await reader.close()
  await t.rejects(reader.query(selectLastSeq), UNAVAILABLE)
})
