import { once } from 'node:events'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { OutcomeUnknown, StoreDamaged, StoreUnavailable } from '../errors.ts'
import type { StoreObserver } from '../store.ts'
import type { CommitReport } from './commit-count.ts'
import { storeError } from './damage/errors.ts'
import { Decisions } from './decisions.ts'
import type { Operations } from './operations.ts'
import type { Announcement } from './ready-answers.ts'
import type { Touched } from './touched.ts'

/** One operation, as it is sent to the writer thread. */
export interface WriterCall {
  name: keyof Operations
  input: unknown
}

/** What the writer thread receives. */
export interface Batch {
  calls: WriterCall[]
  /** Whether no more batches follow, so that the thread ends. */
  last: boolean
}

/** The result of one operation; `doubt` if it is unknown whether it was applied. */
export type Answer = { value: unknown } | { error: unknown } | { doubt: unknown }

/** What the writer thread sends: replies, and, at most once, that the file is lost. */
export type Message = Reply | { lost: Error }

/** What the writer thread sends when it is ready, and after each transaction. */
export interface Reply extends CommitReport {
  /** In the order of the operations. */
  answers: Answer[]
  durationMs: number
  /** The `seq` of the last change. */
  lastSeq: number
}

/** The options of a writer. */
export interface WriterOptions {
  path: string
  staleAfterMs: number
}

/** The input of the writer thread. */
export interface WriterData extends WriterOptions {
  decisions: SharedArrayBuffer
  /** The port for batches and messages. Node.js sends messages of its own on the port of the thread itself. */
  port: MessagePort
}

/** Receives the events of a writer. */
export interface WriterObserver extends StoreObserver {
  /** Called before anyone else learns of these commits. */
  announced(announcement: Announcement): void
  /** A commit added to the change feed. */
  changed(lastSeq: number): void
  /** An operation failed because of damage. */
  foundDamage(damage: StoreDamaged): void
}

interface Waiting {
  since: number
  touched: (value: never) => Touched
  resolve: (value: never) => void
  reject: (error: Error) => void
}

function touchedBy(answer: Answer, call: Waiting | undefined): Touched {
  if ('error' in answer) return 'nothing'
  return 'value' in answer && call ? call.touched(answer.value as never) : 'anything'
}

/** A batch of this size is sent before the turn of the event loop ends, so that both threads work in parallel. */
const BATCH_SIZE = 16

/** The maximum time that an operation waits for its commit. */
const TIMEOUT_MS = 20_000

/**
 * The writer as the main thread sees it. The writes of one turn of the event loop are sent to the thread together. The
 * thread accepts more while its transaction is open, so the more writes there are, the more of them share a commit.
 */
export class Writer {
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #decisions: Decisions
  readonly #observer: Partial<WriterObserver>
  readonly #watch: NodeJS.Timeout
  #lastSeq: number
  /** The number of commits by anyone when the thread was ready. */
  readonly commits: number
  #gathering: WriterCall[] = []
  /** Unanswered operations, in order of arrival. */
  #waiting: Waiting[] = []
  /** The number of answered operations, which is the number of the first that waits. */
  #answered = 0
  #last: Promise<unknown> = Promise.resolve()
  /** Why the thread ended; undefined while it runs. */
  #failure: Error | undefined
  /** How the file was lost; undefined while it is in place. */
  #lost: Error | undefined
  #closing = false

  private constructor(
    worker: Worker,
    port: MessagePort,
    decisions: Decisions,
    observer: Partial<WriterObserver>,
    { lastSeq, commits }: Reply,
    timeoutMs: number,
  ) {
    this.#worker = worker
    this.#port = port
    this.#decisions = decisions
    this.#lastSeq = lastSeq
    this.commits = commits
    this.#observer = observer
    // One timer for all operations: one for each would take longer than everything else here.
    this.#watch = setInterval(() => this.#rejectOverdue(timeoutMs), timeoutMs / 20).unref()
    port.on('message', (message: Message) => this.#take(message))
    worker.on('error', (error: Error) => this.#fail(error))
    worker.on('exit', () => this.#fail(new Error('the writer thread has ended')))
  }

  /** Starts the thread, which opens the database. Rejects if it cannot. */
  static async open(
    options: WriterOptions,
    observer: Partial<WriterObserver>,
    timeoutMs = TIMEOUT_MS,
  ): Promise<Writer> {
    const decisions = new Decisions()
    const { port1, port2 } = new MessageChannel()
    const worker = new Worker(new URL('./writer-thread.ts', import.meta.url), {
      workerData: { ...options, decisions: decisions.buffer, port: port2 } satisfies WriterData,
      transferList: [port2],
      execArgv: [], // The thread does not need the modules that flags such as --import load.
    })
    const ended = once(worker, 'exit').then(() => {
      throw new Error('the writer thread has ended')
    })
    const [ready] = (await Promise.race([once(port1, 'message'), ended])) as [Reply]
    return new Writer(worker, port1, decisions, observer, ready, timeoutMs)
  }

  /** The `seq` of the last committed change. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  /** Whether the file is no longer at its path. */
  get lost(): boolean {
    return this.#lost !== undefined
  }

  /** The number of operations that wait for their commit. */
  get queued(): number {
    return this.#waiting.length
  }

  /**
   * Applies an operation, and resolves with its result once that is durable. Rejects with `StoreUnavailable` if it
   * fails or waits too long for its commit: then it never takes effect. Rejects with `OutcomeUnknown` if it is unknown
   * whether its commit succeeded. `touched` says which answers about products a result changes.
   */
  call<Name extends keyof Operations>(
    name: Name,
    input: Parameters<Operations[Name]>[0],
    touched: (value: ReturnType<Operations[Name]>) => Touched = () => 'anything',
  ): Promise<ReturnType<Operations[Name]>> {
    const closed = this.#closing ? new Error('the store is closed') : undefined
    const failure = this.#failure ?? this.#lost ?? closed
    if (failure) return Promise.reject(new StoreUnavailable(failure))
    const gathered = this.#gathering.push({ name, input })
    if (gathered === 1) setImmediate(() => this.#send())
    else if (gathered === BATCH_SIZE) this.#send()
    const answered = new Promise<ReturnType<Operations[Name]>>((resolve, reject) => {
      this.#waiting.push({ since: performance.now(), touched, resolve, reject })
    })
    this.#last = answered
    return answered
  }

  /** Accepts no more operations, finishes the accepted ones, and ends the thread. */
  async close(): Promise<void> {
    this.#closing = true // Set first: a batch after the last one would make the thread close its files twice.
    await Promise.allSettled([this.#last]) // Answers arrive in order, so all others have arrived by then.
    if (this.#failure) return
    const exited = once(this.#worker, 'exit')
    this.#port.postMessage({ calls: [], last: true } satisfies Batch)
    await exited
  }

  #send(): void {
    if (this.#gathering.length === 0) return
    this.#port.postMessage({ calls: this.#gathering, last: false } satisfies Batch)
    this.#gathering = []
  }

  #take(message: Message): void {
    if ('lost' in message) this.#lose(message.lost)
    else this.#finish(message)
  }

  #finish({ answers, durationMs, lastSeq, commits, foreign }: Reply): void {
    const answered = this.#waiting.splice(0, answers.length)
    this.#answered += answers.length
    this.#observer.committed?.(durationMs, answers.length)
    const touched = answers.map((answer, index) => touchedBy(answer, answered[index]))
    this.#observer.announced?.({ commits, foreign, touched })
    const changed = lastSeq > this.#lastSeq
    this.#lastSeq = lastSeq
    for (const [index, answer] of answers.entries()) {
      const call = answered[index]
      if ('value' in answer) call?.resolve(answer.value as never)
      else if ('error' in answer) call?.reject(this.#errorOf(answer.error))
      else call?.reject(new OutcomeUnknown(answer.doubt))
    }
    if (changed) this.#observer.changed?.(lastSeq)
  }

  /**
   * Rejects operations that have waited too long. They keep their numbers, because the thread still answers them. Those
   * that a commit has claimed wait for it, for as long again.
   */
  #rejectOverdue(timeoutMs: number): void {
    const now = performance.now()
    const late = this.#waiting.filter(({ since }) => since <= now - timeoutMs)
    const error = new Error(`no commit for ${timeoutMs} ms`)
    const claimed = this.#rejectUnclaimed(late, error)
    for (const { since, reject } of claimed) {
      if (since <= now - 2 * timeoutMs) reject(new OutcomeUnknown(error))
    }
  }

  /** Rejects those of the first waiting calls that no commit has claimed. Returns the others. */
  #rejectUnclaimed(calls: Waiting[], error: Error): Waiting[] {
    const first = this.#decisions.abandon(this.#answered + calls.length) - this.#answered
    for (const { reject } of calls.slice(first)) reject(new StoreUnavailable(error))
    return calls.slice(0, first)
  }

  #errorOf(error: unknown): StoreUnavailable {
    const failure = storeError(error)
    if (failure instanceof StoreDamaged) this.#observer.foundDamage?.(failure)
    return failure
  }

  #next(): Message | undefined {
    return receiveMessageOnPort(this.#port)?.message
  }

  #lose(error: Error): void {
    this.#lost = error
    this.#observer.lost?.(error)
  }

  #fail(error: Error): void {
    // Messages that the thread sent before it ended may not have arrived yet.
    for (let next = this.#next(); next; next = this.#next()) this.#take(next)
    if (!this.#failure && !this.#closing) this.#observer.failed?.(error)
    this.#failure ??= error
    clearInterval(this.#watch)
    const waiting = this.#waiting
    this.#waiting = []
    for (const { reject } of this.#rejectUnclaimed(waiting, this.#failure)) {
      reject(new OutcomeUnknown(this.#failure))
    }
  }
}
