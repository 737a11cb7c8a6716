/**
 * The thread that owns the only writing connection. Each message is a batch of operations; it is
 * applied in one transaction and answered after the commit has reached the disk.
 */
import { parentPort as port, workerData } from 'node:worker_threads'
import { openConnection } from './connection.ts'
import { LAST_SEQ } from './operations/changes.ts'
import { operations } from './operations.ts'
import type { Answer, Batch, Call, Reply, WriterData } from './writer.ts'

const { path, staleAfterMs } = workerData as WriterData

const connection = openConnection(path)
connection.pragma('synchronous = FULL')
connection.pragma('foreign_keys = ON')
connection.pragma('cache_size = -32768')
const ops = operations(connection, { staleAfterMs })
const selectLastSeq = connection.prepare<[], number>(`SELECT ${LAST_SEQ}`).pluck()

const lastSeq = () => Number(selectLastSeq.get())

function apply(call: Call): unknown {
  const operation = ops[call.name] as (input: unknown) => unknown
  return operation(call.input)
}

const transaction = connection.transaction((calls: Call[]) => calls.map(apply)).immediate

function commit(calls: Call[]): Answer[] {
  try {
    return transaction(calls).map((value) => ({ value }))
  } catch (error) {
    // One bad operation must not fail its neighbours: each gets a transaction of its own.
    return calls.length > 1 ? calls.flatMap((call) => commit([call])) : [{ error }]
  }
}

port?.on('message', (batch: Batch) => {
  if (batch === 'close') {
    connection.close()
    port?.close()
    return
  }
  const started = performance.now()
  const answers = commit(batch)
  const durationMs = performance.now() - started
  port?.postMessage({ answers, durationMs, lastSeq: lastSeq() } satisfies Reply)
})
port?.postMessage({ answers: [], durationMs: 0, lastSeq: lastSeq() } satisfies Reply)
