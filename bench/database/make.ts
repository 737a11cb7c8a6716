import Database from 'better-sqlite3'
import { migrate } from '../../db/sqlite/migrate.ts'
import { indexed } from '../../db/sqlite/search-index.ts'
import { DAY_MS, floorTo, HOUR_MS } from '../../history/time.ts'
import { sortKey } from '../../search/sort-key.ts'
import { FOLDING } from '../../search/version.ts'
import { type CatalogueProduct, catalogueProduct } from './catalogue.ts'
import { pollsOf } from './polls.ts'
import { type Recording, record } from './recording.ts'
import { type DatabaseShape, productsIn } from './shape.ts'

/**
 * The age of the oldest change in the feed: some hours less than the retention, so that none expires during a
 * measurement.
 */
export const FEED_MS = 7 * DAY_MS - 3 * HOUR_MS

/** A due time so late that the service polls nothing. */
const NEVER_DUE_MS = 365 * DAY_MS

/** The changes of each product that are too old for the feed in any case: its creation and its registration. */
const EVENTS = 2

function statements(db: Database.Database) {
  return {
    product: db.prepare(
      `INSERT INTO products (key, id, name, name_key, description, created_at, updated_at,
         registration, registered_at)
       VALUES (@key, @id, @name, @nameKey, @description, @createdAt, @createdAt,
         'registered', @registeredAt)`,
    ),
    words: db.prepare('INSERT INTO products_fts (rowid, terms) VALUES (?, ?)'),
    refresh: db.prepare(
      `INSERT INTO refreshes (product_key, due_at, checked_at, offers_count, lowest_price,
         covered_since, rolled_until)
       VALUES (@key, @dueAt, @checkedAt, @offersCount, @lowestPrice, @coveredSince, @rolledUntil)`,
    ),
    offer: db.prepare(
      `INSERT INTO offers (product_key, number, id, first_seen_at)
       VALUES (@key, @number, @id, @firstSeenAt)`,
    ),
    listing: db.prepare(
      `INSERT INTO listings (product_key, offers, internals) VALUES (@key, @offers, @internals)`,
    ),
    chunk: db.prepare(
      'INSERT INTO history (product_key, since, until, polls) VALUES (@key, @since, @until, @polls)',
    ),
    feed: db.prepare('INSERT INTO temp.feed VALUES (@at, @key, @count, @offers)'),
  }
}

function insertProduct(
  into: ReturnType<typeof statements>,
  product: CatalogueProduct,
  recording: Recording,
  checkedAt: number,
): void {
  const { key } = product
  const { firstChangedAt } = recording
  into.product.run({ ...product, nameKey: sortKey(product.name) })
  into.words.run(key, indexed(product))
  into.refresh.run({
    key,
    checkedAt,
    dueAt: checkedAt + NEVER_DUE_MS,
    offersCount: recording.offers.length,
    lowestPrice: recording.lowestPrice,
    // It was polled since its registration; the polls before the first change found no offers.
    coveredSince: product.registeredAt,
    rolledUntil: firstChangedAt === null ? null : floorTo(firstChangedAt, HOUR_MS),
  })
  for (const offer of recording.offers) into.offer.run({ key, ...offer })
  into.listing.run({ key, ...recording.listing })
  for (const chunk of recording.chunks) into.chunk.run({ key, ...chunk })
  for (const row of recording.feed) into.feed.run({ key, ...row })
}

function insertAll(db: Database.Database, shape: DatabaseShape, now: number): void {
  const into = statements(db)
  let expired = 0
  for (let key = 1; key <= productsIn(shape); key++) {
    const product = catalogueProduct(key, now)
    const { polls, checkedAt } = pollsOf(product, shape, now)
    const recording = record(polls, now - FEED_MS)
    insertProduct(into, product, recording, checkedAt)
    expired += recording.expired + EVENTS
  }
  const made = productsIn(shape)
  db.prepare(
    `UPDATE totals SET products = @made, registered = @made, compacted_seq = @expired,
       offers = (SELECT sum(offers_count) FROM refreshes)`,
  ).run({ made, expired })
  db.prepare('UPDATE search_state SET folding = ?').run(FOLDING)
  // Changes are numbered in order of time, across all products.
  db.prepare(
    `INSERT INTO changes (seq, at, kind, product_key, offers)
     SELECT ? + sum(count) OVER (ORDER BY at, key ROWS UNBOUNDED PRECEDING), at, 0, key, offers
     FROM temp.feed ORDER BY at, key`,
  ).run(expired)
}

/**
 * Makes the database that the service would have written by `now`, but some hundred times faster.
 * `bench/database/check.ts` compares the two.
 */
export function makeDatabase(path: string, shape: DatabaseShape, now: number): void {
  migrate(path)
  const db = new Database(path)
  try {
    // If this is interrupted, the file is made again, so nothing needs to be durable.
    db.pragma('journal_mode = OFF')
    db.pragma('synchronous = OFF')
    db.pragma('cache_size = -262144')
    db.pragma('foreign_keys = OFF')
    db.pragma('temp_store = MEMORY')
    db.exec('CREATE TEMP TABLE feed (at, key, count, offers)')
    db.transaction(insertAll)(db, shape, now)
    db.pragma('journal_mode = WAL')
  } finally {
    db.close()
  }
}
