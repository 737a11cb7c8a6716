/**
 * The thread that owns the only writing connection. Messages are batches of operations. They are applied in one
 * transaction, with those that arrive in the meantime, and answered once its commit has reached the disk.
 */
import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { present } from '../present.ts'
import { CommitCount, commitReports } from './commit-count.ts'
import { copyLogBack, openConnection } from './connection.ts'
import { Decisions } from './decisions.ts'
import { FileGuard } from './file-guard.ts'
import { GroupCommit } from './group-commit.ts'
import { LAST_SEQ } from './operations/changes.ts'
import { operations } from './operations.ts'
import type { Batch, Message, WriterCall, WriterData } from './writer.ts'

const { path, staleAfterMs, decisions, port } = workerData as WriterData

/** How long to wait for a lock of another program. */
const BUSY_MS = 5000

/** The size to which the log is cut back; it grows beyond the 4 MB of a checkpoint while something is read. */
const LOG_BYTES = 8 * 2 ** 20

/** How long to wait for a reader of the log. The reader of this process stays for at most one turn. */
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

// Without the totals the service starts anyway, and reports the damage when they are read.
let known = selectLastSeq.get() ?? 0

/** The last change; the last known one if the feed is damaged, since adding to it then fails anyway. */
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

/** The time between two checks of the files, also if nothing is written. */
const LOOK_MS = 1000

let closing = false

/** The calls that arrived in the meantime. */
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
    tellLoss()
    send({ answers, durationMs, lastSeq: lastSeq(), ...commitsSoFar() })
    if (!guard.lost && calls.some(({ name }) => name === 'releasePages')) copyLogBack(connection)
  }
  if (closing) close()
}

function close(): void {
  clearInterval(looking)
  look() // The log must not stay next to another file.
  connection.close()
  commitCount.close()
  guard.close()
  port.close()
}

let told = false

function tellLoss(): void {
  if (told || !guard.lost) return
  told = true
  send({ lost: guard.lost })
}

function look(): void {
  try {
    guard.assertInPlace()
    if (guard.logBytes > LOG_BYTES) shrinkLog()
  } catch {
    tellLoss()
  }
}

/** Shrinks a log that grew while some program, such as a backup, was reading for long. */
function shrinkLog(): void {
  connection.pragma(`busy_timeout = ${READER_MS}`)
  copyLogBack(connection, 'TRUNCATE')
  connection.pragma(`busy_timeout = ${BUSY_MS}`)
}

const looking = setInterval(look, LOOK_MS)
port.on('message', run)
send({ answers: [], durationMs: 0, lastSeq: lastSeq(), ...commitsSoFar() })
