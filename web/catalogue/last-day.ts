import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import type { Product } from '../../schemas/product.ts'
import type { Trend } from '../../schemas/trend.ts'
import { read } from '../api.ts'
import { serverTime } from '../server-time.ts'

/** The number of parallel reads: few, so that they delay nothing else. */
const MAX_PARALLEL = 3

/** The maximum number of cached trends; the oldest are evicted. */
const MAX_CACHED = 1_000

/** How a price developed over a window. */
export interface LastDay {
  /** When the window begins, epoch ms. */
  from: number
  /** The closing price of each interval; null if there was none. */
  steps: { at: number; close: number | null }[]
}

/** The last day, or the time since the product was created, in at most a few dozen intervals. */
function windowOf(
  product: Product,
  now: number,
): { from: number; interval: string; stepMs: number } {
  const createdAt = Date.parse(product.created_at)
  // The creation can be in the future if the clock was set back after it.
  const from = createdAt < now ? Math.max(createdAt, now - DAY_MS) : now - DAY_MS
  const age = now - from
  if (age < HOUR_MS) return { from, interval: '1m', stepMs: MINUTE_MS }
  if (age < 8 * HOUR_MS) return { from, interval: '15m', stepMs: 15 * MINUTE_MS }
  return { from, interval: '1h', stepMs: HOUR_MS }
}

const cache = new Map<string, { at: number; until: number; day: Promise<LastDay> }>()
const waiting: (() => void)[] = []
let running = 0

/** Runs work with limited parallelism, last in, first out: the latest requests are for what is on the screen. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MAX_PARALLEL) await new Promise<void>((resolve) => waiting.push(resolve))
  running += 1
  try {
    return await work()
  } finally {
    running -= 1
    waiting.pop()?.()
  }
}

async function readDay(id: string, from: number, interval: string): Promise<LastDay> {
  const query = new URLSearchParams({ from: new Date(from).toISOString(), interval })
  const { buckets = [] } = await read<Trend>(`/products/${id}/trend?${query}`)
  return { from, steps: buckets.map(({ at, close }) => ({ at: Date.parse(at), close })) }
}

/**
 * How the lowest price of a product developed in the last day. It is read again when an interval of it is over. If
 * the signal is aborted before the read starts, it rejects without reading.
 */
export function lastDay(product: Product, signal: AbortSignal): Promise<LastDay> {
  const { id } = product
  const now = serverTime()
  const cached = cache.get(id)
  if (cached && cached.at <= now && now < cached.until) return cached.day
  const { from, interval, stepMs } = windowOf(product, now)
  let started = false
  const day = inTurn(() => {
    signal.throwIfAborted()
    started = true
    return readDay(id, from, interval)
  })
  cache.delete(id)
  cache.set(id, { at: now, until: now + stepMs, day })
  for (const [oldest] of cache) if (cache.size > MAX_CACHED) cache.delete(oldest)
  // A failed or skipped read is tried again when the product is next on the screen.
  const forget = () => cache.get(id)?.day === day && cache.delete(id)
  day.catch(forget)
  signal.addEventListener('abort', () => started || forget())
  return day
}
