import t, { type Test } from 'tap'
import { connectionConfig } from '../../../db/postgres/config.ts'
import { statement, WriteConflict } from '../../../db/postgres/connection.ts'
import { GroupCommit, type Operation } from '../../../db/postgres/group-commit.ts'
import { migrate } from '../../../db/postgres/migrate.ts'
import { execute, postgresDatabase } from '../../postgres/database.ts'

/** A writer by a clock that stands still, and the number of writes in each of its commits. */
async function openWriter(t: Test) {
  const url = await postgresDatabase(t)
  const commits: number[] = []
  const time = { now: 0 }
  const writer = new GroupCommit(
    connectionConfig(url),
    { committed: (_durationMs, writes) => commits.push(writes), changed: () => {} },
    () => time.now,
  )
  t.teardown(() => writer.close())
  return { url, time, writer, commits }
}

const UNAVAILABLE = { message: 'The store is unavailable' }
const END_SESSION = 'SELECT pg_terminate_backend(pg_backend_pid())'

const running =
  (text: string): Operation<void> =>
  async ({ query }) => {
    await query(statement('', text))
  }

const record =
  (name: string): Operation<string> =>
  async ({ query }) => {
    await query(statement('', `INSERT INTO secrets VALUES ('${name}', '')`))
    return name
  }

const recorded = async (url: string) =>
  (await execute(url, 'SELECT name FROM secrets ORDER BY name')).rows.map(({ name }) => name)

t.test('calls that come together share a transaction', async (t) => {
  const { url, writer, commits } = await openWriter(t)
  t.strictSame(await Promise.all(['a', 'b'].map((name) => writer.call(record(name)))), ['a', 'b'])
  t.strictSame(commits, [2])
  t.strictSame(await recorded(url), ['a', 'b'])
})

t.test('calls that come after a slow one wait for the next transaction', async (t) => {
  const { url, time, writer, commits } = await openWriter(t)
  const slow = writer.call(async () => {
    time.now += 101
  })
  await Promise.all([slow, writer.call(record('a')), writer.call(record('b'))])
  t.strictSame(commits, [1, 2])
  t.strictSame(await recorded(url), ['a', 'b'])
  t.equal(writer.queued, 0)
})

const REFUSED: [what: string, operation: Operation<unknown>][] = [
  ['a statement that the server refuses', running('SELECT 1 / 0')],
  [
    'an error of its own',
    async () => {
      throw new TypeError('no')
    },
  ],
  [
    'a refusal that it ignores',
    ({ query }) => query(statement('', 'SELECT 1 / 0')).catch(() => undefined),
  ],
]
for (const [what, operation] of REFUSED) {
  t.test(`a call that fails by ${what} does not fail the others`, async (t) => {
    const { url, writer, commits } = await openWriter(t)
    const calls = [writer.call(record('a')), writer.call(operation), writer.call(record('b'))]
    const settled = await Promise.allSettled(calls)
    t.strictSame(
      settled.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    t.match(settled[1], { reason: UNAVAILABLE })
    t.strictSame(commits, [1, 1])
    t.strictSame(await recorded(url), ['a', 'b'])
  })
}

t.test('a call that conflicts with another transaction is retried', async (t) => {
  const { url, writer } = await openWriter(t)
  let attempts = 0
  await writer.call(async (transaction) => {
    attempts += 1
    await record('a')(transaction)
    if (attempts < 3) throw new WriteConflict()
  })
  t.equal(attempts, 3)
  t.strictSame(await recorded(url), ['a'])
})

// Its lock was taken for that of `migrate-to`, and the instance that started said that the database was being copied.
t.test('an instance can start while another one writes alone after a conflict', async (t) => {
  const { url, writer } = await openWriter(t)
  let attempts = 0
  const call = writer.call(async () => {
    attempts += 1
    if (attempts === 1) throw new WriteConflict()
    await migrate(url)
  })
  await t.resolves(call)
  t.equal(attempts, 2)
})

t.test('a call that conflicts each time is rejected', async (t) => {
  const { writer } = await openWriter(t)
  let attempts = 0
  const call = writer.call(async () => {
    attempts += 1
    throw new WriteConflict()
  })
  await t.rejects(call, UNAVAILABLE)
  t.equal(attempts, 10)
})

t.test('calls whose connection is lost are applied through another one', async (t) => {
  const { url, writer, commits } = await openWriter(t)
  let attempts = 0
  const call = writer.call(record('a'))
  const last = writer.call(async (transaction) => {
    attempts += 1
    if (attempts === 1) await running(END_SESSION)(transaction)
  })
  await Promise.all([call, last])
  t.equal(attempts, 2)
  t.strictSame(commits, [2])
  t.strictSame(await recorded(url), ['a'])
})

t.test('calls that lose a second connection are not applied', async (t) => {
  const { url, writer } = await openWriter(t)
  const call = writer.call(record('a'))
  const last = writer.call(running(END_SESSION))
  await Promise.all([t.rejects(call, UNAVAILABLE), t.rejects(last, UNAVAILABLE)])
  await writer.call(record('b'))
  t.strictSame(await recorded(url), ['b'])
})

/** Has each commit that inserts a secret run a statement first. */
const atCommit = (url: string, text: string) =>
  execute(
    url,
    `CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql
       AS $$ BEGIN ${text}; RETURN NULL; END $$;
     CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON secrets
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION at_commit()`,
  )

t.test(
  'whether a write is stored is not known if its connection is lost in the commit',
  async (t) => {
    const { url, writer } = await openWriter(t)
    await atCommit(url, `PERFORM pg_terminate_backend(pg_backend_pid())`)
    await t.rejects(writer.call(record('a')), { name: 'Error', message: /is not known/ })
  },
)

t.test('a write whose commit is refused is not stored', async (t) => {
  const { url, writer } = await openWriter(t)
  await atCommit(url, `RAISE 'no'`)
  await t.rejects(writer.call(record('a')), UNAVAILABLE)
  t.strictSame(await recorded(url), [])
})

t.test('a write whose change cannot join the feed is not stored', async (t) => {
  const { url, writer } = await openWriter(t)
  await execute(url, 'ALTER TABLE feed ADD CHECK (seq < 1)')
  const call = writer.call(async (transaction) => {
    await record('a')(transaction)
    transaction.feed.product('product.created', 1, 0)
  })
  await t.rejects(call, UNAVAILABLE)
  t.strictSame(await recorded(url), [])
})

t.test(
  'writes read what was committed meanwhile, whatever the default of the database',
  async (t) => {
    const { url, writer } = await openWriter(t)
    const database = new URL(url).pathname.slice(1)
    await execute(
      url,
      `ALTER DATABASE ${database} SET default_transaction_isolation = 'serializable'`,
    )
    const level = await writer.call(({ query }) =>
      query(statement('', 'SHOW transaction_isolation')),
    )
    t.match(level, [{ transaction_isolation: 'read committed' }])
  },
)

// It failed for ever, also when the database could be written to again.
t.test('a session that may not write is replaced by another one', async (t) => {
  const { url, writer } = await openWriter(t)
  const database = new URL(url).pathname.slice(1)
  const setting = `ALTER DATABASE ${database} SET default_transaction_read_only`
  await execute(url, `${setting} = on`)
  await t.rejects(writer.call(record('a')), UNAVAILABLE)
  await execute(url, `BEGIN READ WRITE; ${setting} = off; COMMIT`)
  await writer.call(record('b'))
  t.strictSame(await recorded(url), ['b'])
})

t.test('the upkeep of the instance does not count as a waiting write', async (t) => {
  const { writer } = await openWriter(t)
  const calls = [writer.upkeep(record('a')), writer.call(record('b'))]
  t.equal(writer.queued, 1)
  await Promise.all(calls)
  t.equal(writer.queued, 0)
})

t.test('a closed writer accepts nothing', async (t) => {
  const { writer } = await openWriter(t)
  await writer.close()
  await t.rejects(writer.call(record('a')), UNAVAILABLE)
})
