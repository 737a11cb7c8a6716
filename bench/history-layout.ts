/**
 * Writes the same polls to PostgreSQL in three layouts of the history: appended to chunks, as the service does; put
 * before the older polls of a chunk; or as a row for each poll that found a change, moved into a chunk once the rows fill
 * one. Prints the bytes for each poll, in the write-ahead log and in tables and indexes, where one of ten offers changes
 * and where all do:
 *
 *     node bench/history-layout.ts --products 500 --polls 480
 *
 * Each poll of all products is one transaction with one statement.
 */
import { parseArgs } from 'node:util'
import { Client } from 'pg'
import { CHUNK_BYTES, encodeOpening, encodePoll } from '../db/encoding/chunk.ts'
import { byteaArray } from '../db/postgres/arrays.ts'
import type { OfferState } from '../history/offer-state.ts'
import { MINUTE_MS } from '../history/time.ts'
import { execute } from '../test/postgres/execute.ts'
import { startPostgres } from '../test/postgres/server.ts'
import { random, randomInt } from './history/market.ts'

const { values } = parseArgs({
  options: {
    products: { type: 'string', default: '500' },
    polls: { type: 'string', default: '480' },
  },
})
const products = Number(values.products)
const polls = Number(values.polls)

const OFFERS = 10

/** As the migrations of `db/postgres` make the table of chunks. */
const TABLES = `
  CREATE TABLE chunks (product bigint, since bigint, until bigint NOT NULL, polls bytea NOT NULL,
    PRIMARY KEY (product, since)) WITH (fillfactor = 70);
  ALTER TABLE chunks ALTER COLUMN polls SET STORAGE MAIN;
  CREATE TABLE single_polls (product bigint, at bigint, poll bytea NOT NULL, PRIMARY KEY (product, at))`

const INSERT_CHUNKS = `INSERT INTO chunks
  SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[])`
const appendAs = (bytes: string) => `UPDATE chunks SET until = row.until, polls = ${bytes}
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[]) AS row (product, since, until, polls)
  WHERE chunks.product = row.product AND chunks.since = row.since`
const INSERT_POLLS = `INSERT INTO single_polls
  SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])`
const DELETE_POLLS = 'DELETE FROM single_polls WHERE product = ANY ($1::bigint[])'

const SIZE = `SELECT pg_total_relation_size('chunks') + pg_total_relation_size('single_polls') AS bytes`
const LSN = `SELECT pg_current_wal_lsn() - '0/0' AS bytes`

/** What the last polls of a product found. */
interface Last {
  product: number
  /** The time of the first poll in its chunk, or that waits for one. */
  since: number
  /** The size of its chunk, or of the polls that wait for one. */
  size: number
  waiting: Buffer[]
}

/** What a poll of a product found. */
interface Found {
  last: Last
  poll: Buffer
  /** The offers before it. */
  opening: Buffer
}

type Write = (database: Client, at: number, found: Found[]) => Promise<void>

/** Begins a chunk for each of these products. */
async function insertChunks(
  database: Client,
  at: number,
  begun: { last: Last; bytes: Buffer }[],
): Promise<void> {
  if (begun.length === 0) return
  const lasts = begun.map(({ last }) => last)
  await database.query(INSERT_CHUNKS, [
    lasts.map(({ product }) => product),
    lasts.map(({ since }) => since),
    lasts.map(() => at),
    byteaArray(begun.map(({ bytes }) => bytes)),
  ])
}

const toChunks =
  (bytes: string): Write =>
  async (database, at, found) => {
    const hasRoom = ({ last }: Found) => last.size > 0 && last.size < CHUNK_BYTES
    const appended = found.filter(hasRoom)
    const begun = found.filter((each) => !hasRoom(each))
    if (appended.length > 0) {
      await database.query(appendAs(bytes), [
        appended.map(({ last }) => last.product),
        appended.map(({ last }) => last.since),
        appended.map(() => at),
        byteaArray(appended.map(({ poll }) => poll)),
      ])
    }
    for (const { last, poll } of appended) last.size += poll.length
    for (const { last, poll, opening } of begun) {
      Object.assign(last, { since: at, size: opening.length + poll.length })
    }
    const rows = begun.map(({ last, poll, opening }) => ({
      last,
      bytes: Buffer.concat([opening, poll]),
    }))
    await insertChunks(database, at, rows)
  }

const toRows: Write = async (database, at, found) => {
  await database.query(INSERT_POLLS, [
    found.map(({ last }) => last.product),
    found.map(() => at),
    byteaArray(found.map(({ poll }) => poll)),
  ])
  for (const { last, poll, opening } of found) {
    if (last.size === 0)
      Object.assign(last, { since: at, size: opening.length, waiting: [opening] })
    last.waiting.push(poll)
    last.size += poll.length
  }
  const full = found.map(({ last }) => last).filter(({ size }) => size >= CHUNK_BYTES)
  if (full.length === 0) return
  await database.query(DELETE_POLLS, [full.map(({ product }) => product)])
  const rows = full.map((last) => ({ last, bytes: Buffer.concat(last.waiting) }))
  await insertChunks(database, at, rows)
  for (const last of full) last.size = 0
}

const newOffers = (): OfferState[] =>
  Array.from({ length: OFFERS }, (_, index) => ({
    ...{ number: index + 1, price: 20_000 + randomInt(60_000), itemsInStock: randomInt(300) },
    ...{ changedAt: 0, lowestPrior: null },
  }))

/** A poll that finds `changing` prices moved by up to two percent. */
function polled(offers: OfferState[], last: Last, at: number, changing: number): Found {
  const opening = encodeOpening(offers, at)
  const first = randomInt(OFFERS)
  const changes = offers.flatMap((before, index) => {
    if ((index - first + OFFERS) % OFFERS >= changing) return []
    const price = Math.round(before.price * (0.98 + random() / 25))
    const now = { ...before, price, changedAt: at }
    offers[index] = now
    return [{ number: before.number, before, now }]
  })
  return { last, poll: encodePoll(MINUTE_MS, changes), opening }
}

async function measure(database: Client, write: Write, changing: number) {
  const bytes = async (text: string) => Number((await database.query(text)).rows[0]?.bytes)
  await database.query(`DROP TABLE IF EXISTS chunks, single_polls; ${TABLES}; CHECKPOINT`)
  const all = Array.from({ length: products }, (_, product) => ({
    offers: newOffers(),
    last: { product, since: 0, size: 0, waiting: [] },
  }))
  const before = await bytes(LSN)
  for (let index = 1; index <= polls; index += 1) {
    const at = index * MINUTE_MS
    const found = all.map(({ offers, last }) => polled(offers, last, at, changing))
    await database.query('BEGIN')
    await write(database, at, found)
    await database.query('COMMIT')
  }
  const wal = (await bytes(LSN)) - before
  await database.query('VACUUM')
  const size = await bytes(SIZE)
  return {
    wal_per_poll: Math.round(wal / (products * polls)),
    bytes_per_poll: Math.round(size / (products * polls)),
  }
}

const postgres = await startPostgres()
try {
  await execute(postgres.url('postgres'), 'CREATE DATABASE layouts')
  const database = new Client({ connectionString: postgres.url('layouts') })
  await database.connect()
  for (const changing of [1, OFFERS]) {
    console.log(`${changing} of ${OFFERS} offers changed`, {
      chunks: await measure(database, toChunks('chunks.polls || row.polls'), changing),
      prepended: await measure(database, toChunks('row.polls || chunks.polls'), changing),
      rows: await measure(database, toRows, changing),
    })
  }
  await database.end()
} finally {
  await postgres.remove()
}
