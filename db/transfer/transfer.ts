import type { End, KeyValue, PageLimits, Progress, Source, Target } from './ends.ts'
import { keyOf, RECORD_NAMES, type RecordName, type Row } from './records.ts'

/** What `migrate-to` is doing. */
type TransferStep = `copying ${RecordName}` | 'indexing' | 'checking'

export interface TransferOptions {
  /** Discards what an earlier copy that was not finished has written. */
  restart?: boolean
  signal?: AbortSignal
  page?: PageLimits
  /** Hears of each step when it begins, and of how far it is. */
  onProgress?(step: TransferStep, done: number, total: number): void
}

/** What was copied. */
export interface TransferSummary {
  products: number
  rows: number
}

/** Enough that the time goes into the rows; little enough for the memory of a small machine. */
const PAGE: PageLimits = { rows: 5_000, bytes: 1_000_000 }

const FIRST = RECORD_NAMES[0] as RecordName

/** Where a new copy begins, or an earlier one of the same source goes on. */
async function begun(source: Source, target: Target, restart: boolean): Promise<Progress> {
  const fingerprint = await source.fingerprint()
  const stopped = await target.progress()
  if (stopped && !restart) {
    if (stopped.source === fingerprint) return stopped
    throw new Error(
      `${target.name} holds an unfinished copy of another database, or of ${source.name} before a service ` +
        'changed it; add --restart to discard that and copy everything again',
    )
  }
  if (stopped) await target.clear()
  const progress = { source: fingerprint, record: FIRST, rows: 0 }
  await target.begin(progress)
  return progress
}

async function totalOf(source: Source): Promise<number> {
  let total = 0
  for (const record of RECORD_NAMES) total += await source.count(record)
  return total
}

const lastKey = (record: RecordName, rows: Row[]): KeyValue[] =>
  keyOf(record).map((field) => rows.at(-1)?.[field] as KeyValue)

/** Copies the rows that are not copied yet; returns how many there are with those that are. */
async function copyRows(
  source: Source,
  target: Target,
  begun: Progress,
  { signal, page: limits = PAGE, onProgress }: TransferOptions,
): Promise<number> {
  const total = await totalOf(source)
  let progress = begun
  for (const record of RECORD_NAMES.slice(RECORD_NAMES.indexOf(begun.record))) {
    if (record !== progress.record) progress = { ...progress, record, after: undefined }
    onProgress?.(`copying ${record}`, progress.rows, total)
    let page = await source.page(record, progress.after, limits)
    while (page.length > 0) {
      signal?.throwIfAborted()
      const after = lastKey(record, page)
      progress = { ...progress, after, rows: progress.rows + page.length }
      // The next page is read while this one is written.
      const [next] = await Promise.all([
        source.page(record, after, limits),
        target.write(record, page, progress).catch((cause: Error) => {
          const last = after.join(', ')
          throw new Error(`${record} up to ${last} cannot be copied: ${cause.message}`, { cause })
        }),
      ])
      onProgress?.(`copying ${record}`, progress.rows, total)
      page = next
    }
  }
  return progress.rows
}

/** The names of what differs between two databases. */
async function differences(source: End, target: End, { signal, onProgress }: TransferOptions) {
  const differing: string[] = []
  for (const [index, record] of RECORD_NAMES.entries()) {
    signal?.throwIfAborted()
    onProgress?.('checking', index, RECORD_NAMES.length)
    const [expected, found] = await Promise.all([source.sums(record), target.sums(record)])
    const fields = Object.keys(expected).filter((field) => expected[field] !== found[field])
    differing.push(...fields.map((field) => `${record}.${field}`))
  }
  const [expected, found] = await Promise.all([source.counters(), target.counters()])
  for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
    if (expected[name] !== found[name]) differing.push(name)
  }
  onProgress?.('checking', RECORD_NAMES.length, RECORD_NAMES.length)
  return differing
}

/**
 * Copies everything from one database to the other, which must be empty, and checks the copy. If it is interrupted,
 * the next call continues where it stopped. It holds one page of rows in memory, and neither a long transaction nor a
 * snapshot open.
 */
export async function transfer(
  source: Source,
  target: Target,
  options: TransferOptions = {},
): Promise<TransferSummary> {
  const { restart = false, signal, onProgress } = options
  const progress = await begun(source, target, restart)
  const rows = await copyRows(source, target, progress, options)
  const counters = await source.counters()
  await target.complete(counters, (done) => {
    signal?.throwIfAborted()
    onProgress?.('indexing', done, counters.products)
  })
  const differing = await differences(source, target, options)
  if (differing.length > 0) {
    throw new Error(
      `the copy differs from ${source.name} in ${differing.join(', ')}; check that database, and copy again with ` +
        '--restart',
    )
  }
  if ((await source.fingerprint()) !== progress.source) {
    throw new Error(
      `a service has changed ${source.name} during the copy; stop it, and copy again with --restart`,
    )
  }
  await source.assertUnused()
  await target.assertUnused()
  await target.seal()
  return { products: counters.products, rows }
}
