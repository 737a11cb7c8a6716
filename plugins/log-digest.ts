import fp from 'fastify-plugin'
import { Wait } from '../offers/wait.ts'

/** How long occurrences of a kind are collected into one line. */
const DIGEST_INTERVAL_MS = 60_000

/** How often the digest checks for summaries that are due. */
const CHECK_INTERVAL_MS = 1_000

/** The maximum number of examples in a summary. */
const MAX_EXAMPLES = 5

type Level = 'info' | 'warn' | 'error'

/** A loggable event that can happen very often. */
export interface Occurrence {
  /** Occurrences of one kind share a summary. The number of kinds must be small. */
  kind: string
  level: Level
  message: string
  /** Fields of every line of this kind. */
  tags?: Record<string, unknown>
  /** Fields of the line for this occurrence only. */
  details?: Record<string, unknown>
  /** Identifies this occurrence in a summary, next to its message. */
  example?: Record<string, unknown>
}

/** The occurrences of a kind since its last line. */
interface Pending {
  wait: Wait
  last: Occurrence
  count: number
  examples: Record<string, unknown>[]
}

/**
 * Keeps the log readable and bounded while the same event keeps happening. It logs the first occurrence of a
 * kind at once, and those of the following minute as one line with their count and some examples. Each of
 * those also gets a line at `debug`.
 */
export class LogDigest {
  readonly #clock: () => number
  readonly #log: Record<Level | 'debug', (fields: object, message: string) => void>
  readonly #kinds = new Map<string, Pending>()

  constructor(options: {
    clock: () => number
    log: Record<Level | 'debug', (fields: object, message: string) => void>
  }) {
    this.#clock = options.clock
    this.#log = options.log
  }

  add(occurrence: Occurrence): void {
    const { kind, level, message, tags, details, example } = occurrence
    this.#summarise(kind)
    const pending = this.#kinds.get(kind)
    this.#log[pending ? 'debug' : level]({ ...tags, ...example, ...details }, message)
    if (pending) {
      pending.last = occurrence
      pending.count += 1
      if (pending.examples.length < MAX_EXAMPLES) pending.examples.push({ ...example, message })
      return
    }
    const wait = new Wait(this.#clock)
    wait.begin(DIGEST_INTERVAL_MS)
    this.#kinds.set(kind, { wait, last: occurrence, count: 0, examples: [] })
  }

  /** Writes the summaries that are due, or all pending ones. */
  write(all = false): void {
    for (const kind of this.#kinds.keys()) this.#summarise(kind, all)
  }

  #summarise(kind: string, evenEarly = false): void {
    const pending = this.#kinds.get(kind)
    if (!pending || !(evenEarly || pending.wait.isOver)) return
    const { wait, last, count, examples } = pending
    if (count === 0) {
      this.#kinds.delete(kind)
      return
    }
    this.#log[last.level](
      { ...last.tags, count, examples },
      `${count} more within a minute, the last one: ${last.message}`,
    )
    Object.assign(pending, { count: 0, examples: [] })
    wait.begin(DIGEST_INTERVAL_MS)
  }
}

/** Decorates `app.logDigest`, and writes the pending summaries on close. */
export default fp(
  async (app) => {
    const digest = new LogDigest({ clock: app.environment.clock, log: app.log })
    app.decorate('logDigest', digest)
    const timer = setInterval(() => digest.write(), CHECK_INTERVAL_MS).unref()
    app.addHook('onClose', async () => {
      clearInterval(timer)
      digest.write(true)
    })
  },
  { name: 'log-digest' },
)

declare module 'fastify' {
  interface FastifyInstance {
    logDigest: LogDigest
  }
}
