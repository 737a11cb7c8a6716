import { open, stat } from 'node:fs/promises'
import Database from 'better-sqlite3'
import { linesOf } from '../damage.ts'
import type { CopySummary, ProgressOptions } from '../maintenance.ts'
import { checkDatabase } from './damage/check.ts'
import { assertOurs, assertWholeCopy } from './migration-history.ts'

/** The number of pages to copy before checking progress and signal: some milliseconds of work. */
const PAGES_PER_STEP = 1000

/** Turns a copy into a single self-contained file, and counts its products. */
function complete(path: string): number {
  const copy = new Database(path)
  try {
    copy.pragma('journal_mode = DELETE')
    copy.pragma('user_version = 0') // Removes the mark of the original file (FileGuard).
    return Number(copy.prepare('SELECT count(*) FROM products').pluck().get())
  } finally {
    copy.close()
  }
}

/** Rejects if a copy is damaged, because then its source is, too. */
async function assertWhole(path: string, from: string, signal?: AbortSignal): Promise<void> {
  const found = await checkDatabase(path, { signal })
  if (found.length === 0) return
  throw new Error(
    `it is damaged: ${linesOf(found).join('; ')}. Run "npm run verify -- ${from}", which says more and ` +
      'rebuilds what can be rebuilt',
  )
}

async function copy(
  from: string,
  to: string,
  { signal, onProgress }: ProgressOptions,
): Promise<void> {
  const source = new Database(from, { readonly: true, fileMustExist: true })
  try {
    // The read transaction holds one snapshot. Without it, each write by another process would restart the copy
    // (https://www.sqlite.org/backup.html).
    source.exec('BEGIN')
    assertOurs(source)
    assertWholeCopy(source)
    await source.backup(to, {
      progress({ totalPages, remainingPages }) {
        signal?.throwIfAborted()
        onProgress?.(totalPages - remainingPages, totalPages)
        return PAGES_PER_STEP
      },
    })
  } finally {
    source.close()
  }
}

/**
 * Copies a snapshot of a database while others may read and write it, and checks the copy. Rejects if there is no
 * database, if it is damaged, or if another program or a newer version of this one made it.
 */
export async function copyDatabase(
  from: string,
  to: string,
  options: ProgressOptions = {},
): Promise<CopySummary> {
  try {
    // SQLite would wait for ever on a pipe.
    if (!(await stat(from)).isFile()) throw new Error('it is not a regular file')
    // It contains the token of the Offers service, so only its owner may read it.
    await (await open(to, 'wx', 0o600)).close()
    await copy(from, to, options)
    await assertWhole(to, from, options.signal)
    return { products: complete(to), bytes: (await stat(to)).size }
  } catch (error) {
    throw new Error(`${from} cannot be copied: ${(error as Error).message}`, { cause: error })
  }
}
