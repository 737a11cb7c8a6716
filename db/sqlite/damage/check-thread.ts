/** The worker thread that checks a database. `workerData` is the path of the database. */
import { parentPort, workerData } from 'node:worker_threads'
import type { CheckMessage } from './check.ts'
import { damageIn } from './explain.ts'

const send = (message: CheckMessage) => parentPort?.postMessage(message)

send({ found: damageIn(String(workerData), (done, total) => send({ done, total })) })
