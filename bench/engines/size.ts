import { randomUUIDv7 } from 'node:crypto'
import { Client } from 'pg'
import { openPostgresStore } from '../../db/postgres/store.ts'
import type { Outcome } from '../../db/store.ts'
import { MINUTE_MS } from '../../history/time.ts'
import { compactionAt } from '../database/retention.ts'
import { rounded } from '../history/figures.ts'
import { type Market, markets, NOW, polls, settleAll } from '../history/market.ts'

const [PRODUCTS, OFFERS, POLLS] = [500, 10, 200]

/** The bytes of every table and index, free space included. */
const SIZE = `SELECT sum(pg_total_relation_size(oid)) AS bytes FROM pg_class
  WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`
const LSN = `SELECT pg_current_wal_lsn() - '0/0' AS bytes`

/** Yields polls of each product, one per minute, that find nothing changed. */
function* unchangedPolls(all: Market[], from: number, until: number): Generator<Outcome[]> {
  for (let at = from; at < until; at += MINUTE_MS) {
    yield all.map(({ token }) => ({ type: 'unchanged', token, at, dueAt: at + MINUTE_MS }))
  }
}

/**
 * Settles polls that find all ten prices of a product changed, and then as many that find nothing changed. Returns the
 * bytes of tables and indexes per change, after compaction, and the bytes of write-ahead log per poll.
 */
export async function measureSize(url: string): Promise<Record<string, number>> {
  const database = new Client({ connectionString: url })
  await database.connect()
  const bytes = async (text: string) => Number((await database.query(text)).rows[0]?.bytes)
  const time = { now: NOW - 2 * POLLS * MINUTE_MS }
  const store = await openPostgresStore(url, {
    clock: () => time.now,
    databaseClock: () => time.now,
    newId: randomUUIDv7,
    staleAfterMs: 3 * MINUTE_MS,
    leaseMs: 86_400_000,
  })

  /** Waits until polls are settled. Returns the bytes of write-ahead log per poll. */
  async function walPerPoll(settled: Promise<void>): Promise<number> {
    const before = await bytes(LSN)
    await settled
    return ((await bytes(LSN)) - before) / (PRODUCTS * POLLS)
  }

  try {
    const all = await markets(store, PRODUCTS, OFFERS, time.now)
    await settleAll(store, polls(all, time.now, time.now + 1, MINUTE_MS, OFFERS))
    await database.query('VACUUM FULL')
    const empty = await bytes(SIZE)
    const from = time.now + MINUTE_MS
    const half = from + POLLS * MINUTE_MS
    const changed = await walPerPoll(settleAll(store, polls(all, from, half, MINUTE_MS, OFFERS)))
    time.now = half
    while (await store.compact(compactionAt(half)));
    await database.query('VACUUM')
    const perChange = ((await bytes(SIZE)) - empty) / (PRODUCTS * POLLS * OFFERS)
    const unchanged = await walPerPoll(
      settleAll(store, unchangedPolls(all, half, half + POLLS * MINUTE_MS)),
    )
    return {
      bytes_per_change: rounded(perChange),
      wal_per_poll_with_ten_changes: Math.round(changed),
      wal_per_unchanged_poll: Math.round(unchanged),
    }
  } finally {
    await store.close()
    await database.end()
  }
}
