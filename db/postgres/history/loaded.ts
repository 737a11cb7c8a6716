import type { Span } from '../../../history/coverage.ts'
import { DAY_MS } from '../../../history/time.ts'
import type { ExtentRow } from '../../../history/window-parts.ts'
import type { ChunkRow } from '../../encoding/chunk-cursor.ts'
import type { DayRow, SeenOffer } from '../../encoding/history-reader.ts'
import type { HistorySource } from '../../history/source.ts'
import { statement } from '../connection.ts'
import type { Queryable } from '../reader.ts'

/** The extent of a history, and the time of its last change. */
type ReadExtent = ExtentRow & { lastChange?: number }

const selectExtent = statement<ReadExtent>(
  'history-extent',
  `SELECT first_seen_at AS "firstSeenAt", coalesce(rolled_until, 0) AS "rolledUntil",
     (SELECT min(since) FROM history WHERE product_key = $1) AS "firstPoll",
     (SELECT until FROM history WHERE product_key = $1 ORDER BY since DESC LIMIT 1) AS "lastChange"
   FROM offers JOIN polls USING (product_key) WHERE product_key = $1 AND number = 1`,
)

const selectChunks = statement<{ since: number; polls: Buffer }>(
  'history-chunks',
  `SELECT since, polls FROM history WHERE product_key = $1
     AND since <= greatest($3, (SELECT min(since) FROM history WHERE product_key = $1))
     AND since >= coalesce(
       (SELECT max(since) FROM history WHERE product_key = $1 AND since <= $2), $2)
   ORDER BY since`,
)

/** A row of `rollups`. */
export interface DayOfSeries {
  series: number
  day: number
  hours: Buffer
  stocks: Buffer | null
}

// Each series begins with the last day before the window, which has the state at the window's beginning.
const selectDays = statement<DayOfSeries>(
  'history-days',
  `SELECT rollups.series, day, hours, stocks
   FROM (SELECT 0 AS series UNION ALL SELECT number FROM offers WHERE product_key = $1) AS known
     JOIN rollups ON product_key = $1 AND rollups.series = known.series AND day <= $3
       AND day >= coalesce((SELECT max(day) FROM rollups AS before
         WHERE product_key = $1 AND before.series = known.series AND day < $2), $2)
   ORDER BY rollups.series, day`,
)

const selectOffers = statement<SeenOffer & { delistedAt: number | null }>(
  'history-offers',
  `SELECT number, id, first_seen_at AS "firstSeenAt", delisted_at AS "delistedAt"
   FROM offers WHERE product_key = $1 ORDER BY number`,
)

const selectCoverage = statement<Span>(
  'history-coverage',
  `SELECT since, until FROM coverage WHERE product_key = $1 AND good ORDER BY since`,
)

/** The open run of successful polls, and what ends it. */
interface OpenRun {
  coveredSince: number
  checkedAt: number
  failingSince: number | null
  pausedSince: number | null
  pausedUntil: number | null
}

const selectOpen = statement<OpenRun>(
  'history-open-run',
  `SELECT covered_since AS "coveredSince", checked_at AS "checkedAt", failing_since AS "failingSince",
     pauses.since AS "pausedSince", pauses.until AS "pausedUntil"
   FROM polls LEFT JOIN pauses ON key = 1 WHERE product_key = $1 AND covered_since IS NOT NULL`,
)

interface Loaded {
  extent: ReadExtent | undefined
  chunks: ChunkRow[]
  days: DayOfSeries[]
  offers: (SeenOffer & { delistedAt: number | null })[]
  runs: Span[]
  open: OpenRun | undefined
}

const dayOf = (ms: number) => Math.floor(ms / DAY_MS)

/** What was added to the chunks of a history after they were read. */
interface AddedChunk {
  since: number
  isNew: boolean
  bytes: Buffer[]
}

/** The history of one product in a window. It is read in advance, because the computations on it are synchronous. */
export class LoadedHistory implements HistorySource {
  readonly #loaded: Loaded
  readonly #gapMs: number
  /** The chunks as they were read. */
  readonly #read: ChunkRow[]

  constructor(loaded: Loaded, gapMs: number) {
    this.#loaded = loaded
    this.#gapMs = gapMs
    this.#read = loaded.chunks
  }

  /** Returns a copy. What is added to the copy does not change this one. */
  copy(): LoadedHistory {
    return new LoadedHistory({ ...this.#loaded, offers: [...this.#loaded.offers] }, this.#gapMs)
  }

  /** Replaces the chunks that were appended to since they were read, and adds the new ones. */
  replaceChunks(added: readonly AddedChunk[]): void {
    const chunks = new Map(this.#read)
    for (const { since, isNew, bytes } of added) {
      const before = isNew ? undefined : chunks.get(since)
      chunks.set(since, Buffer.concat(before ? [before, ...bytes] : bytes))
    }
    this.#loaded.chunks = [...chunks]
    const firstPoll = this.#loaded.chunks[0]?.[0]
    const first = this.#loaded.offers.find(({ number }) => number === 1)
    if (this.#loaded.extent || firstPoll === undefined || !first) return
    this.#loaded.extent = { firstSeenAt: first.firstSeenAt, rolledUntil: 0, firstPoll }
  }

  /** Adds an offer that was seen for the first time. */
  listed(offer: SeenOffer): void {
    this.#loaded.offers.push({ ...offer, delistedAt: null })
  }

  extent(): ExtentRow | undefined {
    return this.#loaded.extent
  }

  chunks(_key: number, from: number, to: number): ChunkRow[] {
    const rows = this.#loaded.chunks
    const begin = rows.findLast(([since]) => since <= from)?.[0] ?? from
    return rows.filter(([since], index) => (index === 0 || since <= to) && since >= begin)
  }

  chunkAfter(_key: number, at: number, nth: number): number | undefined {
    const begins = this.#loaded.chunks.map(([since]) => since)
    return begins.filter((since) => since > at)[nth - 1]
  }

  days(_key: number, series: number, from: number, to: number): DayRow[] {
    return this.#days(series).filter(([day]) => day >= from && day <= to)
  }

  dayFrom(_key: number, series: number, from: number): DayRow | undefined {
    return this.#days(series).find(([day]) => day >= from)
  }

  dayUpTo(_key: number, series: number, to: number): DayRow | undefined {
    return this.#days(series).findLast(([day]) => day <= to)
  }

  offersBetween(_key: number, from: number, to: number): SeenOffer[] {
    return this.#loaded.offers.filter(
      ({ firstSeenAt, delistedAt }) =>
        firstSeenAt <= to && (delistedAt === null || delistedAt > from),
    )
  }

  offer(_key: number, number: number): SeenOffer | undefined {
    return this.#loaded.offers.find((offer) => offer.number === number)
  }

  offerById(_key: number, id: string): SeenOffer | undefined {
    return this.#loaded.offers.find((offer) => offer.id === id)
  }

  firstCovered(): number | null {
    const { open, runs } = this.#loaded
    // If the clock was put back, the start of the current run may be earlier than all others.
    const first = runs.slice(0, 1).map(({ since }) => since)
    return open ? Math.min(open.coveredSince, ...first) : null
  }

  runs(_key: number, { from, to, now }: { from: number; to: number; now: number }): Span[] {
    const { open, runs } = this.#loaded
    const all = open ? [...runs, this.#openSpan(open, now)] : runs
    return all.filter(({ since, until }) => since <= to && until >= from)
  }

  lastChange(): number | undefined {
    return this.#loaded.extent?.lastChange
  }

  knownUntil(_key: number, at: number): number | null {
    const { open, runs } = this.#loaded
    const closed = runs.findLast(({ since }) => since <= at)?.until
    const known = [closed, open && open.coveredSince <= at ? open.checkedAt : undefined]
    const until = known.filter((time) => time !== undefined)
    return until.length > 0 ? Math.min(at, Math.max(...until)) : null
  }

  #days(series: number): DayRow[] {
    const days = this.#loaded.days.filter((row) => row.series === series)
    return days.map(({ day, hours, stocks }): DayRow => [day, hours, stocks])
  }

  #openSpan(open: OpenRun, now: number): Span {
    const { coveredSince: since, checkedAt, failingSince, pausedSince, pausedUntil } = open
    const age = now - checkedAt
    const isPaused =
      pausedSince !== null && pausedUntil !== null && pausedUntil > checkedAt && pausedSince < now
    const goesOn = failingSince === null && age >= 0 && age <= this.#gapMs && !isPaused
    return { since, until: goesOn ? now : checkedAt }
  }
}

/** The parts of a history whose size depends on the window, while they are being read. */
interface Parts {
  chunks: Promise<{ since: number; polls: Buffer }[]> | []
  days: Promise<Loaded['days']> | []
  offers: Promise<Loaded['offers']> | Loaded['offers']
}

/** Reads the rest of a history. Its queries are sent together with those of these parts. */
export async function loadParts(
  db: Queryable,
  key: number,
  gapMs: number,
  parts: Parts,
): Promise<LoadedHistory> {
  const [extent, chunks, days, offers, runs, open] = await Promise.all([
    db.query(selectExtent, [key]),
    parts.chunks,
    parts.days,
    parts.offers,
    db.query(selectCoverage, [key]),
    db.query(selectOpen, [key]),
  ])
  const rows = chunks.map(({ since, polls }): ChunkRow => [since, polls])
  return new LoadedHistory(
    { extent: extent[0], chunks: rows, days, offers, runs, open: open[0] },
    gapMs,
  )
}

/** Reads the history of a product from `from` up to `last`. */
export function loadHistory(
  db: Queryable,
  key: number,
  { from, last }: { from: number; last: number },
  gapMs: number,
): Promise<LoadedHistory> {
  return loadParts(db, key, gapMs, {
    chunks: db.query(selectChunks, [key, from, last]),
    days: db.query(selectDays, [key, dayOf(from), Math.min(dayOf(last), 2 ** 31 - 1)]),
    offers: db.query(selectOffers, [key]),
  })
}

/** Reads what identifies the history of a product, but none of its prices. */
export const loadVersion = (db: Queryable, key: number, gapMs: number): Promise<LoadedHistory> =>
  loadParts(db, key, gapMs, { chunks: [], days: [], offers: [] })

/** The same, with the offers. */
export const loadOfferVersion = (
  db: Queryable,
  key: number,
  gapMs: number,
): Promise<LoadedHistory> =>
  loadParts(db, key, gapMs, { chunks: [], days: [], offers: db.query(selectOffers, [key]) })
