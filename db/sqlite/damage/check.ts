import { statSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import Database from 'better-sqlite3'
import type { Finding } from '../../damage.ts'
import type { ProgressOptions } from '../../maintenance.ts'
import { assertOurs } from '../migration-history.ts'
import { damagedTables } from './errors.ts'

/** What the thread of a check sends: how far it is, and what it has found at the end. */
export type CheckMessage = { done: number; total: number } | { found: Finding[] }

/**
 * Finds all damage in a database, while others read and write it, in a thread of its own: a large one
 * takes a while.
 */
export async function checkDatabase(
  path: string,
  { signal, onProgress }: ProgressOptions = {},
): Promise<Finding[]> {
  signal?.throwIfAborted()
  const worker = new Worker(new URL('./check-thread.ts', import.meta.url), {
    workerData: path,
    execArgv: [], // What a flag of the process loads (an --import, say) is not wanted here again.
  })
  const end = () => worker.terminate()
  signal?.addEventListener('abort', end)
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (message: CheckMessage) => {
        if ('found' in message) resolve(message.found)
        else onProgress?.(message.done, message.total)
      })
      worker.on('error', reject)
      worker.on('exit', () => reject(new Error(`the check of ${path} was ended`)))
    })
  } finally {
    signal?.removeEventListener('abort', end)
  }
}

/** Throws where there is no database of this service at `path`, as far as damage lets that be told. */
export function assertOurFile(path: string): void {
  // SQLite would wait for ever on a pipe.
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new Error(`there is no file ${path}`)
  const connection = new Database(path, { readonly: true, fileMustExist: true })
  try {
    assertOurs(connection)
  } catch (error) {
    if (!damagedTables(error)) throw new Error(`${path}: ${(error as Error).message}`)
  } finally {
    connection.close()
  }
}
