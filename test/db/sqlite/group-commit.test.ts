import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { Decisions } from '../../../db/sqlite/decisions.ts'
import { GroupCommit } from '../../../db/sqlite/group-commit.ts'
import type { Answer, WriterCall } from '../../../db/sqlite/writer.ts'
import { temporaryFolder } from '../../helper.ts'

const calls = (...inputs: unknown[]): WriterCall[] =>
  inputs.map((input) => ({ name: 'probe', input }))

const kinds = (answers: Answer[]) => answers.map((answer) => Object.keys(answer).join())

interface Hooks {
  /** What the calls come to; by default each puts its input into a table that takes it once. */
  apply?(input: unknown, insert: (input: unknown) => void): void
  assertInPlace?(): void
  arrived?: WriterCall[]
  /** Throws in place of the commit. */
  commitError?: Error
}

/** Commits to a table of its own, and another connection to it. */
async function fixture(t: Test, hooks: Hooks = {}) {
  const path = join(await temporaryFolder(t), 'test.db')
  const connection = new Database(path, { timeout: 0 })
  connection.pragma('journal_mode = WAL')
  connection.exec('CREATE TABLE t (x UNIQUE)')
  const insert = connection.prepare('INSERT INTO t VALUES (?)')
  const other = new Database(path, { timeout: 0 })
  t.teardown(() => [other.close(), connection.close()])
  const { commitError } = hooks
  if (commitError) {
    const prepare = connection.prepare.bind(connection)
    const fail = () => {
      throw commitError
    }
    Object.defineProperty(connection, 'prepare', {
      value: (sql: string) => (sql === 'COMMIT' ? { run: fail } : prepare(sql)),
    })
  }
  const decisions = new Decisions()
  const applied: unknown[] = []
  const group = new GroupCommit({
    connection,
    decisions,
    apply({ input }) {
      applied.push(input)
      if (hooks.apply) return hooks.apply(input, (value) => insert.run(value))
      insert.run(input)
      return input
    },
    arrived: () => hooks.arrived?.splice(0) ?? [],
    assertInPlace: () => hooks.assertInPlace?.(),
  })
  return {
    group,
    decisions,
    applied,
    connection,
    other,
    stored: () => other.prepare('SELECT x FROM t ORDER BY rowid').pluck().all(),
  }
}

t.test('calls share a commit, and are answered in their order', async (t) => {
  const { group, stored } = await fixture(t, { arrived: calls('c') })
  t.strictSame(group.run(calls('a', 'b'), 1000), [{ value: 'a' }, { value: 'b' }, { value: 'c' }])
  t.strictSame(stored(), ['a', 'b', 'c'])
})

t.test('a call that throws does not fail the others', async (t) => {
  const { group, stored } = await fixture(t)
  t.strictSame(kinds(group.run(calls('a', 'b', 'a', 'c'), 0)), ['value', 'value', 'error', 'value'])
  t.strictSame(stored(), ['a', 'b', 'c'])
  t.strictSame(kinds(group.run(calls('a'), 0)), ['error'], 'also alone')
})

t.test('a transaction that cannot begin fails its calls at once, untried', async (t) => {
  const { group, other, applied, stored } = await fixture(t)
  other.exec('BEGIN IMMEDIATE')
  const answers = group.run(calls(...'abcdefghijkl'), 0)
  t.strictSame(new Set(kinds(answers)), new Set(['error']))
  t.equal(answers.length, 12)
  t.strictSame(applied, [])
  other.exec('COMMIT')
  t.strictSame(group.run(calls('m'), 0), [{ value: 'm' }])
  t.strictSame(stored(), ['m'])
})

t.test(
  'where calls are tried one by one, the first that cannot begin fails the rest',
  async (t) => {
    let commits = 0
    const { group, other, stored } = await fixture(t, {
      assertInPlace() {
        // Before each commit and after it.
        if (++commits === 2) other.exec('BEGIN IMMEDIATE')
      },
    })
    t.strictSame(kinds(group.run(calls('a', 'a', 'b', 'c'), 0)), [
      'value',
      'error',
      'error',
      'error',
    ])
    other.exec('COMMIT')
    t.strictSame(stored(), ['a'])
  },
)

t.test('a full disk fails only the writes for which it has no room', async (t) => {
  const { group, connection, stored } = await fixture(t)
  connection.pragma('max_page_count = 8')
  const large = 'x'.repeat(100_000)
  t.strictSame(kinds(group.run(calls('a', large, 'b'), 0)), ['value', 'error', 'value'])
  t.strictSame(kinds(group.run(calls(large), 0)), ['error'])
  t.strictSame(stored(), ['a', 'b'])
})

const COMMITS: [what: string, code: string, answer: string][] = [
  ['is full', 'SQLITE_FULL', 'error'],
  ['cannot be flushed, and may hold the commit,', 'SQLITE_IOERR_FSYNC', 'doubt'],
]
for (const [what, code, answer] of COMMITS) {
  t.test(`a commit for which the disk ${what} gives every call: ${answer}`, async (t) => {
    const commitError = new Database.SqliteError('no', code)
    const { group, connection, stored } = await fixture(t, { commitError })
    t.strictSame(kinds(group.run(calls('a', 'b'), 0)), [answer, answer])
    t.notOk(connection.inTransaction)
    t.strictSame(stored(), [])
  })
}

t.test('a call that was abandoned before its turn is not applied', async (t) => {
  const { group, decisions, applied, stored } = await fixture(t)
  decisions.abandon(2)
  t.strictSame(kinds(group.run(calls('a', 'b', 'c'), 0)), ['error', 'error', 'value'])
  t.strictSame(applied, ['c'])
  decisions.abandon(5)
  t.strictSame(kinds(group.run(calls('d', 'e'), 0)), ['error', 'error'])
  t.strictSame(kinds(group.run(calls('f'), 0)), ['value'])
  t.strictSame(stored(), ['c', 'f'])
})

t.test('a call that is abandoned before its commit is left out of it', async (t) => {
  const { group, decisions, stored } = await fixture(t, {
    apply(input, insert) {
      insert(input)
      if (input === 'c') decisions.abandon(1)
    },
  })
  t.strictSame(kinds(group.run(calls('a', 'b', 'c'), 0)), ['error', 'value', 'value'])
  t.strictSame(stored(), ['b', 'c'])
  t.equal(decisions.abandon(3), 3, 'and what is committed cannot be abandoned any more')
})

const LOSSES: [when: string, look: number, answer: string, stored: string[]][] = [
  ['before the commit is not committed', 1, 'error', []],
  ['after the commit is in doubt', 2, 'doubt', ['a']],
]
for (const [what, lostAt, answer, left] of LOSSES) {
  t.test(`a write whose file is lost ${what}`, async (t) => {
    let looks = 0
    const { group, stored } = await fixture(t, {
      assertInPlace() {
        if (++looks >= lostAt) throw new Error('lost')
      },
    })
    t.strictSame(kinds(group.run(calls('a'), 0)), [answer])
    t.strictSame(stored(), left)
  })
}
