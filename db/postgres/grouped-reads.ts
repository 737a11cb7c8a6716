import { StoreUnavailable } from '../errors.ts'
import { textArray } from './arrays.ts'
import { isRefusal, type Statement } from './connection.ts'
import type { Queryable } from './reader.ts'

/** How rows are read by a key. */
export interface KeyedReads<Row> {
  /** Reads one, faster than `many` does. */
  one: Statement<Row>
  /** Reads those of an array of keys, in any order, without those that do not exist. */
  many: Statement<Row>
  keyOf: (row: Row) => string | null
}

interface Waiting<Row> {
  key: string
  resolve: (row: Row | undefined) => void
  reject: (error: unknown) => void
}

/** The maximum number of keys in a statement, so that other statements of its connection need not wait for long. */
const MAX_KEYS = 100

/**
 * Reads rows by key. Reads of one turn of the event loop share a statement, because a statement costs more than a row.
 * While every connection has such a statement in flight, reads wait and share the next one. None joins a statement that
 * was sent before, so each sees all that was committed before it was asked for.
 */
export class GroupedReads<Row> {
  readonly #reads: KeyedReads<Row>
  /** The connections that have none of these statements in flight. */
  readonly #idle: Queryable[]
  #waiting: Waiting<Row>[] = []

  constructor(connections: readonly Queryable[], reads: KeyedReads<Row>) {
    this.#idle = [...connections]
    this.#reads = reads
  }

  /** Reads the row with this key, if it exists. Callers may share the row. */
  read(key: string): Promise<Row | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ key, resolve, reject }) === 1) setImmediate(() => this.#send())
    })
  }

  /** Sends the reads that wait, if a connection is idle. */
  #send(): void {
    while (this.#waiting.length > 0) {
      const connection = this.#idle.shift()
      if (!connection) return
      const group = this.#waiting.splice(0, MAX_KEYS)
      void this.#readGroup(connection, group).then(() => {
        this.#idle.push(connection)
        this.#send()
      })
    }
  }

  /** Answers the reads of a group. If the server refuses them, each is read alone, so that none fails for another one. */
  async #readGroup(connection: Queryable, group: Waiting<Row>[]): Promise<void> {
    try {
      const rows = await this.#rows(connection, [...new Set(group.map(({ key }) => key))])
      const found = new Map(rows.map((row) => [this.#reads.keyOf(row), row]))
      for (const { key, resolve } of group) resolve(found.get(key))
    } catch (error) {
      const isRefused = error instanceof StoreUnavailable && isRefusal(error.cause)
      if (isRefused && group.length > 1) {
        await Promise.all(group.map((read) => this.#readGroup(connection, [read])))
      } else for (const { reject } of group) reject(error)
    }
  }

  #rows(connection: Queryable, keys: string[]): Promise<Row[]> {
    const [key] = keys
    return keys.length === 1
      ? connection.query(this.#reads.one, [key])
      : connection.query(this.#reads.many, [textArray(keys)])
  }
}
