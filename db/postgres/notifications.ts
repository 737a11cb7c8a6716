import { shared } from '../../concurrency/in-flight.ts'
import type { ConnectionConfig } from './config.ts'
import { Connection, type Link, statement } from './connection.ts'
import type { Queryable } from './reader.ts'

const CHANNEL = 'product_aggregator_feed'

const notify = statement('notify', `SELECT pg_notify('${CHANNEL}', '')`)

/** Notifies other instances that the feed has grown, and is notified by them. Only a hint to read it. */
export class Notifications {
  readonly #db: Queryable
  readonly #connection: Connection
  readonly #heard: () => void
  #listening: Link | undefined
  #telling: Promise<void> | undefined
  #isMoreToTell = false

  constructor(db: Queryable, config: ConnectionConfig, heard: () => void) {
    this.#db = db
    this.#connection = new Connection(config)
    this.#heard = heard
  }

  /** Listens, on a new connection if the last one was lost. Rejects if it cannot connect. */
  readonly listen = shared(async () => {
    const link = await this.#connection.link()
    if (link === this.#listening) return
    await link.client.query(`LISTEN ${CHANNEL}`)
    link.client.on('notification', this.#heard)
    this.#listening = link
  })

  /** Notifies the others, outside any transaction. Changes that arrive while it does share the next notification. */
  tell(): void {
    this.#isMoreToTell = true
    this.#telling ??= this.#tell().finally(() => {
      this.#telling = undefined
    })
  }

  async close(): Promise<void> {
    await this.#telling
    await this.#connection.close()
  }

  async #tell(): Promise<void> {
    while (this.#isMoreToTell) {
      this.#isMoreToTell = false
      await this.#db.query(notify).catch(() => {}) // The others also read the counter regularly.
    }
  }
}
