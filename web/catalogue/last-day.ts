import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import type { Product } from '../../schemas/product.ts'
import type { Trend } from '../../schemas/trend.ts'
import { read } from '../api.ts'
import { serverTime } from '../server-time.ts'

/** How many are read in parallel: few, so that they hold up nothing else. */
const MAX_PARALLEL = 3

/** So many are kept at most, the latest. */
const MOST_KNOWN = 1_000

/** How a price developed over a window; the price at which each part of it closed, if there was one. */
export interface LastDay {
  /** When the window begins, in epoch ms. */
  from: number
  steps: { at: number; close: number | null }[]
}

/** The last day, or the time since the product was made, in some two dozen parts. */
function windowOf(
  product: Product,
  now: number,
): { from: number; interval: string; stepMs: number } {
  const createdAt = Date.parse(product.created_at)
  // Created before the clock was put back, it can be in the future.
  const from = createdAt < now ? Math.max(createdAt, now - DAY_MS) : now - DAY_MS
  const age = now - from
  if (age < HOUR_MS) return { from, interval: '1m', stepMs: MINUTE_MS }
  if (age < 8 * HOUR_MS) return { from, interval: '15m', stepMs: 15 * MINUTE_MS }
  return { from, interval: '1h', stepMs: HOUR_MS }
}

const known = new Map<string, { at: number; until: number; day: Promise<LastDay> }>()
const waiting: (() => void)[] = []
let running = 0

/** Whoever came last is next: that is what is being looked at. */
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
 * How the lowest price of a product developed in the last day; read anew when a step of it is over. What
 * still waits for its turn when the signal is aborted is not read; it rejects.
 */
export function lastDay(product: Product, signal: AbortSignal): Promise<LastDay> {
  const { id } = product
  const now = serverTime()
  const before = known.get(id)
  if (before && before.at <= now && now < before.until) return before.day
  const { from, interval, stepMs } = windowOf(product, now)
  let begun = false
  const day = inTurn(() => {
    signal.throwIfAborted()
    begun = true
    return readDay(id, from, interval)
  })
  known.delete(id)
  known.set(id, { at: now, until: now + stepMs, day })
  for (const [oldest] of known) if (known.size > MOST_KNOWN) known.delete(oldest)
  // To be tried again when it is next seen.
  const forget = () => known.get(id)?.day === day && known.delete(id)
  day.catch(forget)
  signal.addEventListener('abort', () => begun || forget())
  return day
}
