import type { Client, QueryResult } from 'pg'
import { present } from '../../present.ts'
import { patientConfig } from '../config.ts'
import { connect } from '../connection.ts'

/** A statement with its values. */
export type Query = [text: string, values?: unknown[]]

/** A connection for work that takes long. It keeps no state in the session, so it also works through a pooler. */
export class TransferSession {
  readonly #client: Client
  readonly #begin: string

  private constructor(client: Client, begin: string) {
    this.#client = client
    this.#begin = begin
  }

  static async open(url: string): Promise<TransferSession> {
    const config = patientConfig(url)
    return new TransferSession(await connect(config), config.begin)
  }

  /** Begins a transaction that stays open as long as the connection. It holds no snapshot between statements. */
  async begin(): Promise<void> {
    await this.#client.query(this.#begin)
  }

  /** Runs one statement in the open transaction. */
  async query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    const { rows } = await this.#client.query(text, values)
    return rows
  }

  /** Runs statements in a transaction, all sent at once; returns the rows of the last one. */
  async run<Row>(...queries: Query[]): Promise<Row[]> {
    const sent: Promise<QueryResult>[] = [
      this.#client.query(this.#begin),
      ...queries.map(([text, values = []]) => this.#client.query(text, values)),
      this.#client.query('COMMIT'),
    ]
    const results = await Promise.all(sent)
    return present(results.at(-2), 'the result of a transaction').rows
  }

  /** Runs a query that always yields one row. */
  async readOne<Row>(text: string): Promise<Row> {
    const [row] = await this.run<Row>([text])
    return present(row, 'the row of', text)
  }

  async close(): Promise<void> {
    await this.#client.end()
  }
}
