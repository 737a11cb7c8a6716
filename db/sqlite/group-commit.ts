import Database from 'better-sqlite3'
import type { Decisions } from './decisions.ts'
import type { Answer, WriterCall } from './writer.ts'

/** The result of one transaction: it was committed, a call in it threw, or it failed itself. */
interface Attempt {
  end: 'committed' | 'threw' | 'failed'
  answers: Answer[]
}

export interface GroupCommitOptions {
  connection: Database.Database
  decisions: Decisions
  /** Applies one call in the transaction. */
  apply(call: WriterCall): unknown
  /** Returns the calls that arrived in the meantime. */
  arrived(): WriterCall[]
  /** Throws if the open file is not the one at its path. */
  assertInPlace(): void
}

const abandoned = (): Answer => ({ error: new Error('it was abandoned before its commit') })

/**
 * Whether a failed commit may still take effect. If flushing failed, the commit may nevertheless be on the disk, and
 * recovery after a crash would apply it.
 */
const leavesDoubt = (error: unknown) =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_IOERR')

/**
 * Applies many calls in one transaction. A call that throws does not fail the others: each is retried in a
 * transaction of its own. A transaction that cannot begin or commit fails all its calls. A call that is answered with
 * an error is never applied, not even later.
 */
export class GroupCommit {
  readonly #decisions: Decisions
  readonly #options: GroupCommitOptions
  readonly #begin: Database.Statement
  readonly #flush: Database.Statement
  readonly #flushed: Database.Statement
  readonly #commit: Database.Statement
  readonly #rollback: Database.Statement
  /** The number of the first unanswered call. */
  #next = 0

  constructor(options: GroupCommitOptions) {
    const { connection, decisions } = options
    this.#options = options
    this.#decisions = decisions
    this.#begin = connection.prepare('BEGIN IMMEDIATE')
    this.#flush = connection.prepare('SAVEPOINT flush')
    this.#flushed = connection.prepare('RELEASE flush')
    this.#commit = connection.prepare('COMMIT')
    this.#rollback = connection.prepare('ROLLBACK')
  }

  /** Runs the calls, and those that arrive within `openMs`, which it appends to `calls`. Answers all in order. */
  run(calls: WriterCall[], openMs: number): Answer[] {
    const { answers, end } = this.#attempt(this.#next, calls, openMs)
    const alone = end === 'threw' && calls.length > 1
    const final = alone ? this.#oneByOne(calls) : answers
    this.#next += calls.length
    return final
  }

  #oneByOne(calls: WriterCall[]): Answer[] {
    const answers: Answer[] = []
    for (const [index, call] of calls.entries()) {
      const alone = this.#attempt(this.#next + index, [call], 0)
      answers.push(...alone.answers)
      if (alone.end !== 'failed') continue
      // The next transactions would probably fail as well, and each failure takes time.
      const error = new Error('an earlier transaction failed', { cause: alone.answers[0] })
      return [...answers, ...calls.slice(index + 1).map(() => ({ error }))]
    }
    return answers
  }

  /** `first` is the number of the first call. */
  #attempt(first: number, calls: WriterCall[], openMs: number): Attempt {
    const from = Math.max(first, this.#decisions.decided) - first
    const refused = calls.slice(0, from).map(abandoned)
    if (from >= calls.length) return { end: 'committed', answers: refused }
    let values: unknown[]
    try {
      this.#begin.run()
    } catch (error) {
      return { end: 'failed', answers: calls.map(() => ({ error })) }
    }
    try {
      values = this.#apply(calls, from, openMs)
    } catch (error) {
      // On some errors, such as a full disk, SQLite itself ends the transaction.
      if (this.#options.connection.inTransaction) this.#rollback.run()
      return { end: 'threw', answers: calls.map(() => ({ error })) }
    }
    if (!this.#decisions.claim(first + from, first + calls.length)) {
      this.#rollback.run()
      return this.#attempt(first, calls, 0) // Skips the calls that were abandoned in the meantime.
    }
    const failure = this.#end()
    const answers = values.map((value) => failure ?? { value })
    return { end: failure ? 'failed' : 'committed', answers: [...refused, ...answers] }
  }

  #apply(calls: WriterCall[], from: number, openMs: number): unknown[] {
    const { apply, arrived } = this.#options
    const until = performance.now() + openMs
    const values: unknown[] = []
    for (const [index, call] of calls.entries()) {
      if (index < from) continue
      values.push(apply(call))
      if (index + 1 === calls.length && performance.now() < until) calls.push(...arrived())
    }
    // Makes FTS5 write its pending changes here and not in the commit, so that a damaged index only fails the calls
    // that wrote to it.
    this.#flush.run()
    this.#flushed.run()
    return values
  }

  /** Commits the transaction. If that fails, returns the answer for each of its calls. */
  #end(): Answer | undefined {
    const { assertInPlace, connection } = this.#options
    try {
      assertInPlace()
      this.#commit.run()
    } catch (error) {
      if (connection.inTransaction) this.#rollback.run()
      return leavesDoubt(error) ? { doubt: error } : { error }
    }
    try {
      assertInPlace() // The file may have been removed between the check and the commit.
    } catch (error) {
      return { doubt: error }
    }
  }
}
