/** The thread that finds what is damaged, beside the running service, which cannot wait for that. */
import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { findDamage } from './find.ts'

const connection = new Database(String(workerData), { readonly: true, fileMustExist: true })
try {
  parentPort?.postMessage(findDamage(connection))
} finally {
  connection.close()
}
