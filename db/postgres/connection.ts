import { setTimeout as delay } from 'node:timers/promises'
import { Client, type ClientConfig, DatabaseError } from 'pg'
import { OutcomeUnknown, StoreDamaged, StoreUnavailable, Undecodable } from '../errors.ts'
import type { ConnectionConfig } from './config.ts'

/** A statement, prepared under its name when a connection first runs it. */
export interface Statement<Row> {
  name: string
  text: string
  /** Never set: it ties the type of the rows to the statement. */
  row?: Row
}

/** The name of statements that are planned anew each time. */
export const UNPREPARED = ''

export const statement = <Row>(name: string, text: string): Statement<Row> => ({ name, text })

/** How long to wait after a failed attempt to connect; doubled each time, up to the limit. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2_000

/** How long the server may take to end a connection. */
const CLOSING_MS = 2_000

/** What to do about damage. */
const REMEDY = 'pg_amcheck says what else is; restore a backup that was made before'

/** Codes of damaged rows and damaged indexes. */
const DAMAGE = ['XX001', 'XX002']

/** Whether a value is not one that was ever written. JSON and dates have errors of their own for that. */
const isUndecodable = (error: unknown) =>
  error instanceof Undecodable || error instanceof SyntaxError || error instanceof RangeError

/** The server's code of an error; empty for an error that is not the server's. */
const codeOf = (error: unknown) => (error instanceof DatabaseError ? String(error.code) : '')

/** The error that the store rejects with, for one of the driver or of what decodes its values. */
export function storeError(error: unknown): StoreUnavailable | OutcomeUnknown {
  if (error instanceof ConnectionLost) return new StoreUnavailable(error.cause)
  if (error instanceof StoreUnavailable || error instanceof OutcomeUnknown) return error
  if (isUndecodable(error)) return new StoreDamaged([], error, REMEDY)
  if (error instanceof DatabaseError && DAMAGE.includes(codeOf(error))) {
    return new StoreDamaged(error.table === undefined ? [] : [error.table], error, REMEDY)
  }
  return new StoreUnavailable(error)
}

/** Another transaction was in the way of this one, which can succeed when it is run again. */
export class Interference extends Error {}

/**
 * Codes of serialisation failures, deadlocks, unique values that another instance has just written, and rows that it has
 * just deleted.
 */
const INTERFERENCE = ['40001', '40P01', '23505', '23503']

/** Whether two transactions waited for each other, and this one gave way. */
export const isDeadlock = (error: unknown) => codeOf(error) === '40P01'

export const isInterference = (error: unknown) =>
  error instanceof Interference || INTERFERENCE.includes(codeOf(error))

/** The connection is of no more use: it could not be made, it ended, or the server did not answer in time. */
export class ConnectionLost extends StoreUnavailable {}

/**
 * Codes with which the server ends a session: by an operator, a restart, or a time limit; and that of a session that may
 * not write. Another one may, on another server or on this one when it has changed.
 */
const ENDING = /^(57P|08|25P0[34]|25006)/

/** Whether the server refused a statement and the session goes on, so the outcome is known. */
export const isRefusal = (error: unknown) =>
  error instanceof DatabaseError && !ENDING.test(codeOf(error))

/** What the driver says of a server without TLS. */
const NO_TLS = 'The server does not support SSL connections'

async function connected(config: ClientConfig): Promise<Client> {
  const client = new Client(config)
  // Without a listener, an error on an idle connection would end the process.
  client.on('error', () => {})
  await client.connect()
  return client
}

/** Makes a connection, without TLS if the server has none and it is not required. */
export async function connect({ client, plain }: ConnectionConfig): Promise<Client> {
  try {
    return await connected(client)
  } catch (error) {
    if (!plain || !(error instanceof Error && error.message === NO_TLS)) throw error
  }
  return connected(plain)
}

/**
 * Throws for a server that follows another one, to which a name can still lead for a while after a failover. What it has
 * is of the past, and nothing can be written to it.
 */
async function assertPrimary(client: Client): Promise<void> {
  const { rows } = await client.query<{ follows: boolean }>('SELECT pg_is_in_recovery() AS follows')
  if (!rows[0]?.follows) return
  throw new Error('The server is a standby, which follows another one; connect to the primary')
}

/** A client, and how to send its statements. */
export interface Link {
  client: Client
  config: ConnectionConfig
}

/**
 * A connection that is made when it is first needed, and again after it was lost. While the database cannot be
 * reached it fails at once, except for one attempt now and then.
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

  /** Whether it was not to be had a moment ago, so that asking for it fails. */
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

  /** Ends it, because the server does not answer or the client is of no more use; it is made anew when it is needed. */
  discard(): void {
    const opening = this.#opening
    this.#opening = undefined
    void opening?.then(({ client }) => client.end()).catch(() => {})
  }

  async close(): Promise<void> {
    const link = await this.#opening?.catch(() => undefined)
    // A server that does not run does not answer either.
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

/** Computes on rows that were read. Throws `StoreDamaged` if they cannot be decoded. */
export function decoded<Result>(compute: () => Result): Result {
  try {
    return compute()
  } catch (error) {
    throw isUndecodable(error) ? storeError(error) : error
  }
}
