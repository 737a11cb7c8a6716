import { EXTREMES_COLUMNS, type ExtremesRow } from '../../encoding/extremes.ts'
import { listingOf } from '../../encoding/listing.ts'
import { present } from '../../present.ts'
import { byteaArray, textArray } from '../arrays.ts'
import { statement } from '../connection.ts'
import type { Transaction } from '../group-commit.ts'
import type { Settled } from './apply.ts'
import type { OfferRow } from './offers.ts'
import type { ClosedRun } from './product.ts'
import {
  LISTED_COLUMNS,
  POLL_COLUMNS,
  type PollState,
  REGISTRATION_COLUMNS,
  type RegistrationState,
} from './state.ts'

/** Makes the statement that updates some columns of many rows. Its text is the same for any number of rows. */
function updateOf(
  table: string,
  key: string,
  columns: Record<string, [column: string, type: string]>,
) {
  const all = Object.values(columns)
  const names = all.map(([column]) => column)
  const arrays = all.map(([, type], index) => `$${index + 2}::${type}[]`)
  return statement(
    `settle-${table}`,
    `UPDATE ${table} SET ${names.map((name) => `${name} = row.${name}`)}
     FROM unnest($1::bigint[], ${arrays}) AS row (key, ${names}) WHERE ${table}.${key} = row.key`,
  )
}

const updateRegistrations = updateOf('products', 'key', REGISTRATION_COLUMNS)
const updatePolls = updateOf('polls', 'product_key', POLL_COLUMNS)
const updateListings = updateOf('listings', 'product_key', LISTED_COLUMNS)

const upsertOffers = statement(
  'settle-offers-write',
  `INSERT INTO offers
     (product_key, number, id, first_seen_at, delisted_at, price, lowest_prior, past_prices)
   SELECT * FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::bigint[], $5::bigint[],
     $6::bigint[], $7::bigint[], $8::text[])
   ON CONFLICT (product_key, number) DO UPDATE SET delisted_at = excluded.delisted_at,
     price = excluded.price, lowest_prior = excluded.lowest_prior, past_prices = excluded.past_prices`,
)

const insertChunks = statement(
  'settle-chunks-insert',
  `INSERT INTO history (product_key, since, until, polls)
   SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[])`,
)

const appendChunks = statement(
  'settle-chunks-append',
  `UPDATE history SET until = row.until, polls = history.polls || row.polls
   FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[]) AS row (key, since, until, polls)
   WHERE product_key = row.key AND history.since = row.since`,
)

const deleteTouching = statement<{ key: number; since: number; until: number }>(
  'settle-coverage-delete',
  `DELETE FROM coverage USING unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS run (key, since, until)
   WHERE product_key = run.key AND good AND coverage.since <= run.until AND coverage.until >= run.since
   RETURNING run.key, coverage.since, coverage.until`,
)

const insertRuns = statement(
  'settle-coverage-insert',
  `INSERT INTO coverage (product_key, since, until, good)
   SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::boolean[])
   ON CONFLICT (product_key, since) DO UPDATE SET until = excluded.until, good = true
     WHERE excluded.good`,
)

/** Turns rows into one array per column. */
function columnsOf<Row extends object>(rows: readonly Row[], names: readonly (keyof Row)[]) {
  return names.map((name) => rows.map((row) => row[name]))
}

type KeyedRun = ClosedRun & { key: number }

/** Merges a run with those it touches: runs of successful polls never overlap, even if the clock was put back. */
async function writeRuns({ query }: Transaction, runs: readonly KeyedRun[]): Promise<void> {
  const good = runs.filter((run) => run.good)
  const merged = new Map(good.map(({ key, since, until }) => [key, { since, until }]))
  if (good.length > 0) {
    const values = columnsOf(good, ['key', 'since', 'until'])
    for (const known of await query(deleteTouching, values)) {
      const run = present(merged.get(known.key), 'the run of the product with the key', known.key)
      const since = Math.min(run.since, known.since)
      merged.set(known.key, { since, until: Math.max(run.until, known.until) })
    }
  }
  // Successful runs come first: a failed one must not replace one that began at the same time.
  const written = good.map((run) => ({ ...run, ...merged.get(run.key) }))
  for (const some of [written, runs.filter((run) => !run.good)]) {
    if (some.length > 0) await query(insertRuns, columnsOf(some, ['key', 'since', 'until', 'good']))
  }
}

/** Divides runs, in order, into rounds with at most one successful and one failed run of each product. */
function roundsOf(settled: readonly Settled[]): KeyedRun[][] {
  const rounds: KeyedRun[][] = []
  for (const { product } of settled) {
    let round = 0
    const seen = new Set<boolean>()
    for (const run of product.runs) {
      if (seen.has(run.good)) {
        round += 1
        seen.clear()
      }
      seen.add(run.good)
      rounds[round] ??= []
      rounds[round]?.push({ ...run, key: product.now.key })
    }
  }
  return rounds
}

/** Writes the products to which outcomes were applied. */
export async function writeSettled(
  transaction: Transaction,
  settled: readonly Settled[],
): Promise<void> {
  const { query } = transaction
  const states = settled.map(({ product }) => product)

  const registrations = states.filter((product) => product.isRegistrationChanged)
  if (registrations.length > 0) {
    const rows = registrations.map(({ now }) => now)
    const names = Object.keys(REGISTRATION_COLUMNS) as (keyof RegistrationState)[]
    await query(updateRegistrations, columnsOf(rows, ['key', ...names]))
  }
  const polled = states.filter((product) => product.isPollChanged)
  if (polled.length > 0) {
    const rows = polled.map(({ now }) => now)
    const names = Object.keys(POLL_COLUMNS) as (keyof PollState)[]
    await query(updatePolls, columnsOf(rows, ['key', ...names]))
  }
  const listed = states.filter((product) => product.isListingChanged)
  if (listed.length > 0) {
    const figures = listed.map(({ now }) => now)
    const rows = listed.map(({ onSale }) => listingOf(onSale))
    await query(updateListings, [
      ...columnsOf(figures, ['key', 'offersCount', 'lowestPrice']),
      textArray(rows.map(({ offers }) => offers)),
      textArray(rows.map(({ internals }) => internals)),
      ...columnsOf(figures, Object.keys(EXTREMES_COLUMNS) as (keyof ExtremesRow)[]),
    ])
  }
  const offers = settled.flatMap(({ product, offers }) =>
    [...offers.written.values()].map((offer) => ({ ...offer, key: product.now.key })),
  )
  if (offers.length > 0) {
    const names: (keyof OfferRow | 'key')[] = [
      ...(['key', 'number', 'id', 'firstSeenAt', 'delistedAt'] as const),
      ...(['price', 'lowestPrior', 'pastPrices'] as const),
    ]
    await query(upsertOffers, columnsOf(offers, names))
  }
  const chunks = settled.flatMap(({ product, offers }) =>
    offers.chunks.written.map((chunk) => ({
      ...{ key: product.now.key, isNew: chunk.isNew, since: chunk.since, until: chunk.until },
      polls: Buffer.concat(chunk.bytes),
    })),
  )
  for (const [isNew, write] of [
    [true, insertChunks],
    [false, appendChunks],
  ] as const) {
    const some = chunks.filter((chunk) => chunk.isNew === isNew)
    if (some.length === 0) continue
    const polls = byteaArray(some.map(({ polls }) => polls))
    await query(write, [...columnsOf(some, ['key', 'since', 'until']), polls])
  }
  for (const round of roundsOf(settled)) await writeRuns(transaction, round)
}
