/** The thread of a check. Its input is the path of a database. */
import { parentPort, workerData } from 'node:worker_threads'
import type { CheckMessage } from './check.ts'
import { damageIn } from './explain.ts'

const send = (message: CheckMessage) => parentPort?.postMessage(message)

send({ found: damageIn(String(workerData), (done, total) => send({ done, total })) })
