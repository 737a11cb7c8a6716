import { StoreUnavailable } from '../errors.ts'
import { present } from '../present.ts'
import type { ConnectionConfig } from './config.ts'
import {
  Connection,
  ConnectionLost,
  isRefusal,
  type Link,
  type Statement,
  statement,
  storeError,
} from './connection.ts'

/** Runs statements: a reader, or an open transaction. */
export interface Queryable {
  query<Row>(statement: Statement<Row>, values?: unknown[]): Promise<Row[]>
}

/** Runs a statement. Rejects with `ConnectionLost`, or with the server's refusal. */
export async function run<Row>(
  { client, config }: Link,
  { name, text }: Statement<Row>,
  values: unknown[],
): Promise<Row[]> {
  try {
    // Through a pooler, the next session does not know statements that this one has prepared.
    const query = config.pooled ? { text, values } : { name, text, values }
    const { rows } = await client.query(query)
    return rows
  } catch (error) {
    throw isRefusal(error) ? error : new ConnectionLost(error)
  }
}

/** Runs a statement that always yields one row. */
export async function readOne<Row>(
  db: Queryable,
  statement: Statement<Row>,
  values?: unknown[],
): Promise<Row> {
  const [row] = await db.query(statement, values)
  return present(row, `the row of ${statement.name}`)
}

const BEGIN_SNAPSHOT = statement(
  'snapshot-begin',
  'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
)
const COMMIT = statement('commit', 'COMMIT')

/**
 * Reads through a few connections in turn. Each has many statements in flight: the driver pipelines them, without
 * waiting for earlier results.
 */
export class Reader implements Queryable {
  readonly #connections: Connection[]
  #turn = 0
  #closed = false

  constructor(config: ConnectionConfig, connections: number) {
    this.#connections = Array.from({ length: connections }, () => new Connection(config))
  }

  query<Row>(statement: Statement<Row>, values: unknown[] = []): Promise<Row[]> {
    return this.#read((link) => run(link, statement, values))
  }

  /** For each connection, something that reads through it, or through another one while it is not available. */
  get each(): Queryable[] {
    return this.#connections.map((connection) => ({
      query: (statement, values = []) =>
        this.#read((link) => run(link, statement, values), connection),
    }))
  }

  /** Runs queries on one snapshot. They must all be sent at once: `read` must not wait between them. */
  snapshot<Result>(read: (db: Queryable) => Promise<Result>): Promise<Result> {
    return this.#read(async (link) => {
      const begun = run(link, BEGIN_SNAPSHOT, [])
      const result = read({ query: (statement, values = []) => run(link, statement, values) })
      const [found] = await Promise.all([result, begun, run(link, COMMIT, [])])
      return found
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#connections.map((connection) => connection.close()))
  }

  /** Reads. Retries once, on another connection, if the first one was lost. */
  async #read<Result>(
    read: (link: Link) => Promise<Result>,
    preferred?: Connection,
  ): Promise<Result> {
    try {
      return await this.#once(read, preferred)
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw storeError(error)
    }
    return this.#once(read).catch((error: unknown) => {
      throw storeError(error)
    })
  }

  async #once<Result>(
    read: (link: Link) => Promise<Result>,
    preferred?: Connection,
  ): Promise<Result> {
    if (this.#closed) throw new StoreUnavailable(new Error('the store is closed'))
    const connection = preferred && !preferred.isWaiting ? preferred : this.#next()
    try {
      return await read(await connection.link())
    } catch (error) {
      if (error instanceof ConnectionLost) connection.discard()
      throw error
    }
  }

  /** The next connection in turn that is available. */
  #next(): Connection {
    const open = this.#connections.filter(({ isWaiting }) => !isWaiting)
    const some = open.length > 0 ? open : this.#connections
    return present(some[this.#turn++ % some.length], 'a connection')
  }
}
