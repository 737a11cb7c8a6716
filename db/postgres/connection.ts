import { setTimeout as delay } from 'node:timers/promises'
import { Client, type ClientConfig, DatabaseError } from 'pg'
import { OutcomeUnknown, StoreDamaged, StoreUnavailable, Undecodable } from '../errors.ts'
import type { ConnectionConfig } from './config.ts'

/** A statement. A connection prepares it under its name when it first runs it. */
export interface Statement<Row> {
  name: string
  text: string
  /** Never set; it only carries the type of the rows. */
  row?: Row
}

/** The name of statements that are planned again each time. */
export const UNPREPARED = ''

export const statement = <Row>(name: string, text: string): Statement<Row> => ({ name, text })

/** How long to wait after a failed attempt to connect; doubled each time, up to the limit. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2_000

/** How long the server may take to end a connection. */
const CLOSING_MS = 2_000

/** What to do about damage. */
const REMEDY = 'run pg_amcheck to find all damage, and restore a backup from before it'

/** SQLSTATE codes for damaged rows and damaged indexes. */
const DAMAGE = ['XX001', 'XX002']

/** Whether an error means that a stored value cannot be decoded. `JSON.parse` and dates throw errors of their own. */
const isUndecodable = (error: unknown) =>
  error instanceof Undecodable || error instanceof SyntaxError || error instanceof RangeError

/** The SQLSTATE code of an error; empty if it does not come from the server. */
const codeOf = (error: unknown) => (error instanceof DatabaseError ? String(error.code) : '')

/** Turns an error of the driver, or of decoding, into the one that the store rejects with. */
export function storeError(error: unknown): StoreUnavailable | OutcomeUnknown {
  if (error instanceof ConnectionLost) return new StoreUnavailable(error.cause)
  if (error instanceof StoreUnavailable || error instanceof OutcomeUnknown) return error
  if (isUndecodable(error)) return new StoreDamaged([], error, REMEDY)
  if (error instanceof DatabaseError && DAMAGE.includes(codeOf(error))) {
    return new StoreDamaged(error.table === undefined ? [] : [error.table], error, REMEDY)
  }
  return new StoreUnavailable(error)
}

/** The transaction conflicted with another one. It may succeed if it is run again. */
export class WriteConflict extends Error {}

/**
 * SQLSTATE codes for serialisation failures, deadlocks, and conflicts with rows that another instance has just inserted
 * or deleted.
 */
const WRITE_CONFLICTS = ['40001', '40P01', '23505', '23503']

/** Whether the server aborted this transaction to resolve a deadlock. */
export const isDeadlock = (error: unknown) => codeOf(error) === '40P01'

export const isWriteConflict = (error: unknown) =>
  error instanceof WriteConflict || WRITE_CONFLICTS.includes(codeOf(error))

/** The connection is not usable: it could not be made, it ended, or the server did not answer in time. */
export class ConnectionLost extends StoreUnavailable {}

/**
 * SQLSTATE codes for sessions that the server ended, because of an operator, a restart, or a time limit; and for
 * sessions that may not write. A new connection may: it can reach another server, or this one after a promotion.
 */
const ENDING = /^(57P|08|25P0[34]|25006)/

/** Whether the server refused a statement but the session continues, so that the outcome is known. */
export const isRefusal = (error: unknown) =>
  error instanceof DatabaseError && !ENDING.test(codeOf(error))

/** The driver's message if the server does not support TLS. */
const NO_TLS = 'The server does not support SSL connections'

async function connected(config: ClientConfig): Promise<Client> {
  const client = new Client(config)
  // Without a listener, an error on an idle connection would end the process.
  client.on('error', () => {})
  await client.connect()
  return client
}

/** Opens a connection, without TLS if the server does not support it and it is not required. */
export async function connect({ client, plain }: ConnectionConfig): Promise<Client> {
  try {
    return await connected(client)
  } catch (error) {
    if (!plain || !(error instanceof Error && error.message === NO_TLS)) throw error
  }
  return connected(plain)
}

/**
 * Throws if the server is a standby, to which a host name may still resolve for a while after a failover. Its data may
 * be old, and it accepts no writes.
 */
async function assertPrimary(client: Client): Promise<void> {
  const { rows } = await client.query<{ follows: boolean }>('SELECT pg_is_in_recovery() AS follows')
  if (!rows[0]?.follows) return
  throw new Error('The server is a standby, which follows another one; connect to the primary')
}

/** A client of the driver, and the function that sends its statements. */
export interface Link {
  client: Client
  config: ConnectionConfig
}

/**
 * A connection that is opened when it is first needed, and again after it was lost. While the database cannot be
 * reached, requests for it fail at once, except for one attempt now and then.
 */
export class Connection {
  readonly #config: ConnectionConfig
  #opening: Promise<Link> | undefined
  #failure: unknown
  #wait = FIRST_WAIT_MS
  #retryAt = 0

  constructor(config: ConnectionConfig) {
    this.#config = config
  }

  /** Whether the last attempt to connect failed a moment ago, so that requests fail at once. */
  get isWaiting(): boolean {
    return this.#opening === undefined && performance.now() < this.#retryAt
  }

  /** Rejects with `ConnectionLost`. */
  async link(): Promise<Link> {
    if (this.#opening) return this.#opening
    if (this.isWaiting) throw new ConnectionLost(this.#failure)
    const opening = this.#open(() => {
      if (this.#opening === opening) this.#opening = undefined
    })
    this.#opening = opening
    return opening
  }

  /** Ends the connection, because it is not usable any more. It is opened again when it is next needed. */
  discard(): void {
    const opening = this.#opening
    this.#opening = undefined
    void opening?.then(({ client }) => client.end()).catch(() => {})
  }

  async close(): Promise<void> {
    const link = await this.#opening?.catch(() => undefined)
    // A server that is down does not answer this either, so the wait is limited.
    await Promise.race([link?.client.end(), delay(CLOSING_MS, undefined, { ref: false })])
  }

  async #open(lost: () => void): Promise<Link> {
    try {
      const client = await connect(this.#config)
      client.on('error', lost)
      client.on('end', lost)
      await assertPrimary(client).catch((error: unknown) => {
        void client.end()
        throw error
      })
      this.#wait = FIRST_WAIT_MS
      return { client, config: this.#config }
    } catch (error) {
      lost()
      this.#failure = error
      this.#retryAt = performance.now() + this.#wait
      this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT_MS)
      throw new ConnectionLost(error)
    }
  }
}

/** Runs a computation on rows. Throws `StoreDamaged` if they cannot be decoded. */
export function decoded<Result>(compute: () => Result): Result {
  try {
    return compute()
  } catch (error) {
    throw isUndecodable(error) ? storeError(error) : error
  }
}
