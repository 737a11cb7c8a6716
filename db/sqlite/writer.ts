import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { StoreUnavailable } from '../errors.ts'
import type { StoreObserver } from '../store.ts'
import type { Operations } from './operations.ts'

/** One operation, on its way to the writer's thread. */
export interface Call {
  name: keyof Operations
  input: unknown
}

/** What the writer's thread takes: operations for one transaction, or the end. */
export type Batch = Call[] | 'close'

/** What became of one operation. */
export type Answer = { value: unknown } | { error: unknown }

/** What the writer's thread sends when it is ready, and after each batch. */
export interface Reply {
  answers: Answer[]
  durationMs: number
  /** The last change there is. */
  lastSeq: number
}

/** What the writer's thread is given. */
export interface WriterData {
  path: string
  staleAfterMs: number
}

/** What the writer tells of its work. */
export interface WriterObserver extends StoreObserver {
  /** A commit was the first to have this last change. */
  changed(lastSeq: number): void
}

interface Waiting {
  call: Call
  resolve: (value: never) => void
  reject: (error: Error) => void
}

/**
 * The main thread's side of the writer. While one batch is being committed the next one gathers, so
 * that the more writes there are, the more of them share a commit.
 */
export class Writer {
  readonly #worker: Worker
  readonly #observer: Partial<WriterObserver>
  #lastSeq: number
  #gathering: Waiting[] = []
  #committing: Waiting[] = []
  #last: Promise<unknown> = Promise.resolve()
  #scheduled = false
  #failure: Error | undefined
  #closing = false

  private constructor(worker: Worker, observer: Partial<WriterObserver>, lastSeq: number) {
    this.#worker = worker
    this.#lastSeq = lastSeq
    this.#observer = observer
    worker.on('message', (reply: Reply) => this.#finish(reply))
    worker.on('error', (error: Error) => this.#fail(error))
    worker.on('exit', () => this.#fail(new Error("the writer's thread has ended")))
  }

  /** Starts the thread, which opens the database. Rejects with what keeps it from that. */
  static async open(data: WriterData, observer: Partial<WriterObserver>): Promise<Writer> {
    const worker = new Worker(new URL('./writer-thread.ts', import.meta.url), {
      workerData: data,
      execArgv: [], // What a flag of the process loads (an --import, say) is not wanted here again.
    })
    const [ready] = (await once(worker, 'message')) as [Reply]
    return new Writer(worker, observer, ready.lastSeq)
  }

  /** The last change that is committed. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  /** How many operations wait for their commit. */
  get queued(): number {
    return this.#gathering.length + this.#committing.length
  }

  /** Applies an operation; resolves with what it gives when that is durable. */
  call<Name extends keyof Operations>(
    name: Name,
    input: Parameters<Operations[Name]>[0],
  ): Promise<ReturnType<Operations[Name]>> {
    if (this.#failure) return Promise.reject(new StoreUnavailable(this.#failure))
    const answered = new Promise<ReturnType<Operations[Name]>>((resolve, reject) => {
      this.#gathering.push({ call: { name, input }, resolve, reject })
    })
    this.#last = answered
    if (!this.#scheduled && this.#committing.length === 0) {
      // Not at once: what else this turn of the event loop brings shall share the commit.
      this.#scheduled = true
      setImmediate(() => {
        this.#scheduled = false
        this.#send()
      })
    }
    return answered
  }

  /** Finishes what was accepted and ends the thread. */
  async close(): Promise<void> {
    await Promise.allSettled([this.#last]) // Answers come in order, so all others came before.
    if (this.#failure) return
    this.#closing = true
    const exited = once(this.#worker, 'exit')
    this.#worker.postMessage('close' satisfies Batch)
    await exited
  }

  #send(): void {
    if (this.#gathering.length === 0) return
    this.#committing = this.#gathering
    this.#gathering = []
    this.#worker.postMessage(this.#committing.map(({ call }) => call) satisfies Batch)
  }

  #finish({ answers, durationMs, lastSeq }: Reply): void {
    const waiting = this.#committing
    this.#committing = []
    this.#send()
    this.#observer.committed?.(durationMs, waiting.length)
    const changed = lastSeq > this.#lastSeq
    this.#lastSeq = lastSeq
    for (const [index, answer] of answers.entries()) {
      if ('value' in answer) waiting[index]?.resolve(answer.value as never)
      else waiting[index]?.reject(new StoreUnavailable(answer.error))
    }
    if (changed) this.#observer.changed?.(lastSeq)
  }

  #fail(error: Error): void {
    if (!this.#failure && !this.#closing) this.#observer.failed?.(error)
    this.#failure ??= error
    const waiting = [...this.#committing, ...this.#gathering]
    this.#committing = []
    this.#gathering = []
    for (const { reject } of waiting) reject(new StoreUnavailable(this.#failure))
  }
}
