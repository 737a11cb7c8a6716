/**
 * The thread that owns the only writing connection. Messages are batches of operations. They are applied
 * in a transaction, with those that come meanwhile, and answered after its commit has reached the disk.
 */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { copyLogBack, openConnection } from './connection.ts'
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

/** So long a transaction takes more operations at most: the first ones wait for its commit. */
const OPEN_MS = 5

const port = parentPort as MessagePort
let closing = false

/** The batch that has come meanwhile. */
function arrived(): Call[] {
  const batch: Batch = receiveMessageOnPort(port)?.message ?? []
  if (batch !== 'close') return batch
  closing = true
  return []
}

/** Applies the calls, and those that come within `openMs`, which are added to them. */
const applyAll = connection.transaction((calls: Call[], openMs: number) => {
  const until = performance.now() + openMs
  const values: unknown[] = []
  for (const call of calls) {
    values.push(apply(call))
    if (values.length === calls.length && performance.now() < until) calls.push(...arrived())
  }
  return values
}).immediate

/** Answers the calls, and those that came within `openMs`. */
function commit(calls: Call[], openMs: number): Answer[] {
  try {
    return applyAll(calls, openMs).map((value) => ({ value }))
  } catch (error) {
    // One bad operation must not fail its neighbours: each gets a transaction of its own.
    return calls.length > 1 ? calls.flatMap((call) => commit([call], 0)) : [{ error }]
  }
}

function run(batch: Batch): void {
  if (batch === 'close') {
    closing = true
  } else {
    const started = performance.now()
    const answers = commit(batch, OPEN_MS)
    const durationMs = performance.now() - started
    port.postMessage({ answers, durationMs, lastSeq: lastSeq() } satisfies Reply)
    if (batch.some(({ name }) => name === 'releasePages')) copyLogBack(connection)
  }
  if (!closing) return
  connection.close()
  port.close()
}

port.on('message', run)
port.postMessage({ answers: [], durationMs: 0, lastSeq: lastSeq() } satisfies Reply)
