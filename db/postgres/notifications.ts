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
  readonly #onNotification: () => void
  #listening: Link | undefined
  #sending: Promise<void> | undefined
  #isRequested = false

  constructor(db: Queryable, config: ConnectionConfig, onNotification: () => void) {
    this.#db = db
    this.#connection = new Connection(config)
    this.#onNotification = onNotification
  }

  /** Listens, on a new connection if the last one was lost. Rejects if it cannot connect. */
  readonly listen = shared(async () => {
    const link = await this.#connection.link()
    if (link === this.#listening) return
    await link.client.query(`LISTEN ${CHANNEL}`)
    link.client.on('notification', this.#onNotification)
    this.#listening = link
  })

  /** Notifies the others, outside any transaction. Changes that arrive while it does share the next notification. */
  notify(): void {
    this.#isRequested = true
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined
    })
  }

  async close(): Promise<void> {
    await this.#sending
    await this.#connection.close()
  }

  async #send(): Promise<void> {
    while (this.#isRequested) {
      this.#isRequested = false
      await this.#db.query(notify).catch(() => {}) // The others also read the counter regularly.
    }
  }
}
