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

/** What the writer's thread takes: operations, or the end. */
export type Batch = Call[] | 'close'

/** What became of one operation. */
export type Answer = { value: unknown } | { error: unknown }

/** What the writer's thread sends when it is ready, and after each transaction. */
export interface Reply {
  /** In the order in which the operations came. */
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
  since: number
  resolve: (value: never) => void
  reject: (error: Error) => void
}

/** So many go to the thread without waiting for the end of the turn, so that both threads are at work. */
const AT_ONCE = 16

/** How long an operation may wait for the disk. */
const PATIENCE_MS = 20_000

/**
 * The main thread's side of the writer. What is written in one turn of the event loop goes to the thread
 * together, which takes more for as long as its transaction is open, so that the more writes there are,
 * the more of them share a commit.
 */
export class Writer {
  readonly #worker: Worker
  readonly #observer: Partial<WriterObserver>
  readonly #watch: NodeJS.Timeout
  #lastSeq: number
  #gathering: Call[] = []
  /** Those that are not answered, in the order in which they came. */
  #waiting: Waiting[] = []
  #last: Promise<unknown> = Promise.resolve()
  #failure: Error | undefined
  #closing = false

  private constructor(
    worker: Worker,
    observer: Partial<WriterObserver>,
    lastSeq: number,
    patienceMs: number,
  ) {
    this.#worker = worker
    this.#lastSeq = lastSeq
    this.#observer = observer
    // One clock for all of them, since a timer for each would cost more than all else here.
    this.#watch = setInterval(() => this.#giveUp(patienceMs), patienceMs / 20).unref()
    worker.on('message', (reply: Reply) => this.#finish(reply))
    worker.on('error', (error: Error) => this.#fail(error))
    worker.on('exit', () => this.#fail(new Error("the writer's thread has ended")))
  }

  /** Starts the thread, which opens the database. Rejects with what keeps it from that. */
  static async open(
    data: WriterData,
    observer: Partial<WriterObserver>,
    patienceMs = PATIENCE_MS,
  ): Promise<Writer> {
    const worker = new Worker(new URL('./writer-thread.ts', import.meta.url), {
      workerData: data,
      execArgv: [], // What a flag of the process loads (an --import, say) is not wanted here again.
    })
    const [ready] = (await once(worker, 'message')) as [Reply]
    return new Writer(worker, observer, ready.lastSeq, patienceMs)
  }

  /** The last change that is committed. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  /** How many operations wait for their commit. */
  get queued(): number {
    return this.#waiting.length
  }

  /**
   * Applies an operation; resolves with what it gives when that is durable. Rejects with
   * `StoreUnavailable` where it fails, and where it takes too long: then it may still come to pass.
   */
  call<Name extends keyof Operations>(
    name: Name,
    input: Parameters<Operations[Name]>[0],
  ): Promise<ReturnType<Operations[Name]>> {
    if (this.#failure) return Promise.reject(new StoreUnavailable(this.#failure))
    const gathered = this.#gathering.push({ name, input })
    if (gathered === 1) setImmediate(() => this.#send())
    else if (gathered === AT_ONCE) this.#send()
    const answered = new Promise<ReturnType<Operations[Name]>>((resolve, reject) => {
      this.#waiting.push({ since: performance.now(), resolve, reject })
    })
    this.#last = answered
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
    this.#worker.postMessage(this.#gathering satisfies Batch)
    this.#gathering = []
  }

  #finish({ answers, durationMs, lastSeq }: Reply): void {
    const answered = this.#waiting.splice(0, answers.length)
    this.#observer.committed?.(durationMs, answers.length)
    const changed = lastSeq > this.#lastSeq
    this.#lastSeq = lastSeq
    for (const [index, answer] of answers.entries()) {
      if ('value' in answer) answered[index]?.resolve(answer.value as never)
      else answered[index]?.reject(new StoreUnavailable(answer.error))
    }
    if (changed) this.#observer.changed?.(lastSeq)
  }

  /** They keep their places, for their answers are still to come. */
  #giveUp(patienceMs: number): void {
    const before = performance.now() - patienceMs
    for (const { since, reject } of this.#waiting) {
      if (since > before) break
      reject(new StoreUnavailable(new Error(`no commit for ${patienceMs} ms`)))
    }
  }

  #fail(error: Error): void {
    if (!this.#failure && !this.#closing) this.#observer.failed?.(error)
    this.#failure ??= error
    clearInterval(this.#watch)
    const waiting = this.#waiting
    this.#waiting = []
    for (const { reject } of waiting) reject(new StoreUnavailable(this.#failure))
  }
}
