import fp from 'fastify-plugin'
import { Wait } from '../offers/wait.ts'

/** How often something that goes on is logged. */
const DIGEST_EVERY_MS = 60_000

/** How often the digest looks for lines that are due. */
const LOOK_EVERY_MS = 1_000

/** How many examples a summary has. */
const MOST_EXAMPLES = 5

type Level = 'info' | 'warn' | 'error'

/** Something to be logged that can happen very often. */
export interface Occurrence {
  /** What is summed up in one line. There must not be many kinds. */
  kind: string
  level: Level
  message: string
  /** In each line of this kind. */
  tags?: Record<string, unknown>
  /** In the line for this occurrence alone. */
  details?: Record<string, unknown>
  /** Names this occurrence in a line that sums up others, beside its message. */
  example?: Record<string, unknown>
}

/** What happened of a kind since its last line. */
interface Gathered {
  wait: Wait
  last: Occurrence
  count: number
  examples: Record<string, unknown>[]
}

/**
 * Keeps the log readable, and its size bounded, while the same thing happens again and again: the first
 * occurrence of a kind is logged at once, those of the minute after it as one line, with their number and
 * some examples. Each of them is logged at `debug`, too.
 */
export class LogDigest {
  readonly #clock: () => number
  readonly #log: Record<Level | 'debug', (fields: object, message: string) => void>
  readonly #kinds = new Map<string, Gathered>()

  constructor(options: {
    clock: () => number
    log: Record<Level | 'debug', (fields: object, message: string) => void>
  }) {
    this.#clock = options.clock
    this.#log = options.log
  }

  add(occurrence: Occurrence): void {
    const { kind, level, message, tags, details, example } = occurrence
    this.#sumUp(kind)
    const known = this.#kinds.get(kind)
    this.#log[known ? 'debug' : level]({ ...tags, ...example, ...details }, message)
    if (known) {
      known.last = occurrence
      known.count += 1
      if (known.examples.length < MOST_EXAMPLES) known.examples.push({ ...example, message })
      return
    }
    const wait = new Wait(this.#clock)
    wait.begin(DIGEST_EVERY_MS)
    this.#kinds.set(kind, { wait, last: occurrence, count: 0, examples: [] })
  }

  /** Writes the lines whose minute is over, or those of all that was not written yet. */
  write(all = false): void {
    for (const kind of this.#kinds.keys()) this.#sumUp(kind, all)
  }

  #sumUp(kind: string, evenEarly = false): void {
    const gathered = this.#kinds.get(kind)
    if (!gathered || !(evenEarly || gathered.wait.isOver)) return
    const { wait, last, count, examples } = gathered
    if (count === 0) {
      this.#kinds.delete(kind)
      return
    }
    this.#log[last.level](
      { ...last.tags, count, examples },
      `${count} more within a minute, the last one: ${last.message}`,
    )
    Object.assign(gathered, { count: 0, examples: [] })
    wait.begin(DIGEST_EVERY_MS)
  }
}

/** Decorates `app.logDigest`; on close it writes what was not written yet. */
export default fp(
  async (app) => {
    const digest = new LogDigest({ clock: app.environment.clock, log: app.log })
    app.decorate('logDigest', digest)
    const timer = setInterval(() => digest.write(), LOOK_EVERY_MS).unref()
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
