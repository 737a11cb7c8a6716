/**
 * The thread that owns the only writing connection. It receives batches of operations. It applies each batch, and those
 * that arrive meanwhile, in one transaction, and answers once the commit has reached the disk.
 */
import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { present } from '../present.ts'
import { CommitCount, commitReports } from './commit-count.ts'
import { checkpoint, openConnection } from './connection.ts'
import { Decisions } from './decisions.ts'
import { FileGuard } from './file-guard.ts'
import { GroupCommit } from './group-commit.ts'
import { LAST_SEQ } from './operations/changes.ts'
import { operations } from './operations.ts'
import type { Batch, Message, WriterCall, WriterData } from './writer.ts'

const { path, staleAfterMs, decisions, port } = workerData as WriterData

/** How long to wait for a lock of another program. */
const BUSY_MS = 5000

/** The size to which the log is truncated. It outgrows the 4 MB at which SQLite checkpoints while someone reads. */
const LOG_BYTES = 8 * 2 ** 20

/** How long to wait for readers of the log. The one in this process reads for at most one turn of the event loop. */
const READER_MS = 20

const connection = openConnection(path, { timeout: BUSY_MS })
connection.pragma('synchronous = FULL')
connection.pragma(`journal_size_limit = ${LOG_BYTES}`)
connection.pragma('foreign_keys = ON')
connection.pragma('cache_size = -32768')
const ops = operations(connection, { staleAfterMs })
const selectLastSeq = connection.prepare<[], number>(`SELECT ${LAST_SEQ}`).pluck()
const guard = new FileGuard(path, connection)
const commitCount = new CommitCount(path)
const commitsSoFar = commitReports(connection, commitCount)

// If the totals are missing, the service starts anyway, and reports the damage when they are read.
let known = selectLastSeq.get() ?? 0

/** The `seq` of the last change. If the feed is damaged, the last known one: nothing can be added to it anyway. */
function lastSeq(): number {
  try {
    known = present(selectLastSeq.get(), 'the last change')
  } catch {
    // See above.
  }
  return known
}

/** How long a transaction stays open for late arrivals. */
const OPEN_MS = 5

/** The time between two checks of the files, which are also made when nothing is written. */
const CHECK_FILES_MS = 1000

let closing = false

/** Returns the calls that arrived in the meantime. */
function arrived(): WriterCall[] {
  const batch: Batch = receiveMessageOnPort(port)?.message ?? { calls: [], last: false }
  closing ||= batch.last
  return batch.calls
}

const group = new GroupCommit({
  connection,
  decisions: new Decisions(decisions),
  apply(call) {
    const operation = ops[call.name] as (input: unknown) => unknown
    return operation(call.input)
  },
  arrived,
  assertInPlace: () => guard.assertInPlace(),
})

const send = (message: Message) => port.postMessage(message)

function run({ calls, last }: Batch): void {
  closing ||= last
  if (calls.length > 0) {
    const started = performance.now()
    const answers = group.run(calls, OPEN_MS)
    const durationMs = performance.now() - started
    reportLoss()
    send({ answers, durationMs, lastSeq: lastSeq(), ...commitsSoFar() })
    if (!guard.lost && calls.some(({ name }) => name === 'releasePages')) checkpoint(connection)
  }
  if (closing) close()
}

function close(): void {
  clearInterval(checking)
  checkFiles() // If the file was replaced, the log must not stay next to the new one.
  connection.close()
  commitCount.close()
  guard.close()
  port.close()
}

let isLossReported = false

function reportLoss(): void {
  if (isLossReported || !guard.lost) return
  isLossReported = true
  send({ lost: guard.lost })
}

function checkFiles(): void {
  try {
    guard.assertInPlace()
    if (guard.logBytes > LOG_BYTES) shrinkLog()
  } catch {
    reportLoss()
  }
}

/** Shrinks a log that grew because another program, such as a backup, was reading for a long time. */
function shrinkLog(): void {
  connection.pragma(`busy_timeout = ${READER_MS}`)
  checkpoint(connection, 'TRUNCATE')
  connection.pragma(`busy_timeout = ${BUSY_MS}`)
}

const checking = setInterval(checkFiles, CHECK_FILES_MS)
port.on('message', run)
send({ answers: [], durationMs: 0, lastSeq: lastSeq(), ...commitsSoFar() })
