import { statSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import Database from 'better-sqlite3'
import type { Finding } from '../../damage.ts'
import type { ProgressOptions } from '../../maintenance.ts'
import { assertOurs, assertWholeCopy } from '../migration-history.ts'
import { damagedTables } from './errors.ts'

/** A message from the checking thread: its progress, and at the end its findings. */
export type CheckMessage = { done: number; total: number } | { found: Finding[] }

/**
 * Finds all damage in a database while others read and write it. Runs in a thread of its own, because checking a
 * large database takes a while.
 */
export async function checkDatabase(
  path: string,
  { signal, onProgress }: ProgressOptions = {},
): Promise<Finding[]> {
  signal?.throwIfAborted()
  const worker = new Worker(new URL('./check-thread.ts', import.meta.url), {
    workerData: path,
    execArgv: [], // The thread does not need the modules that flags such as --import load.
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
      worker.on('exit', () => reject(new Error(`the check of ${path} was stopped`)))
    })
  } finally {
    signal?.removeEventListener('abort', end)
  }
}

/** Throws if `path` is not a database of this service, unless it is too damaged to tell. */
export function assertOurFile(path: string): void {
  // SQLite would wait for ever on a pipe.
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new Error(`there is no file ${path}`)
  const connection = new Database(path, { readonly: true, fileMustExist: true })
  try {
    assertOurs(connection)
    assertWholeCopy(connection)
  } catch (error) {
    if (!damagedTables(error)) throw new Error(`${path}: ${(error as Error).message}`)
  } finally {
    connection.close()
  }
}
