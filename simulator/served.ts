/** The calls of the protocol. */
export type Call = 'auth' | 'register' | 'offers'

/** Every call of the protocol. */
const CALLS: readonly Call[] = ['auth', 'register', 'offers']

/** How far back `seconds` looks. */
export const SECONDS_KEPT = 600

/** How many answers the log keeps. */
export const LOG_SIZE = 100_000

/** An answer in the log. */
export interface LogEntry {
  /** When it was sent, in milliseconds since 1970. */
  at: number
  call: Call
  product: string | null
  /** 0 if there was no answer: the connection was reset or left open. */
  status: number
  /** The body as sent. */
  body: string
}

/** What the simulator has served since it started or was reset. */
export interface Served {
  /** Requests received, answered or not. */
  readonly requests: Record<Call, number>
  /** Answers by status; 0 counts connections that were reset or left without an answer. */
  readonly statuses: Record<Call, Record<string, number>>
  /** Whether answers go to the log. Off by default, since the log keeps their bodies in memory. */
  keepLog: boolean
  arrived(call: Call, at: number): void
  answered(entry: LogEntry): void
  /** `[Unix second, requests for offers]` of the last ten minutes, oldest first, without idle seconds. */
  seconds(now: number): [number, number][]
  /** The latest answers of the log, oldest first. */
  log(limit?: number): LogEntry[]
  reset(): void
}

/** Starts counting; `keepLog` is the initial value of the setting of that name. */
export function createServed(keepLog: boolean): Served {
  const perSecond = new Map<number, number>()
  /** A ring buffer: once it is full, `next` is the position of the oldest entry, to be overwritten. */
  let ring: LogEntry[] = []
  let next = 0

  const served: Served = {
    requests: { auth: 0, register: 0, offers: 0 },
    statuses: { auth: {}, register: {}, offers: {} },
    keepLog,
    arrived(call, at) {
      served.requests[call]++
      if (call !== 'offers') return
      const second = Math.floor(at / 1000)
      const count = perSecond.get(second)
      if (count === undefined) forgetBefore(second - SECONDS_KEPT)
      perSecond.set(second, (count ?? 0) + 1)
    },
    answered(entry) {
      const statuses = served.statuses[entry.call]
      statuses[entry.status] = (statuses[entry.status] ?? 0) + 1
      if (!served.keepLog) return
      ring[next] = entry
      next = (next + 1) % LOG_SIZE
    },
    seconds(now) {
      forgetBefore(Math.floor(now / 1000) - SECONDS_KEPT)
      return [...perSecond]
    },
    log: (limit = LOG_SIZE) => [...ring.slice(next), ...ring.slice(0, next)].slice(-limit),
    reset() {
      for (const call of CALLS) {
        served.requests[call] = 0
        served.statuses[call] = {}
      }
      perSecond.clear()
      ring = []
      next = 0
      served.keepLog = keepLog
    },
  }

  /** Seconds are added in order, so the oldest come first in the map. */
  function forgetBefore(second: number): void {
    for (const known of perSecond.keys()) {
      if (known > second) return
      perSecond.delete(known)
    }
  }

  return served
}
