import type { Product } from '../../schemas/product.ts'
import type { Trend } from '../../schemas/trend.ts'
import { read } from '../api.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** So many are read at once, so that they hold up nothing else. */
const AT_ONCE = 3

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
  const from = Math.max(Date.parse(product.created_at), now - DAY_MS)
  const age = now - from
  if (age < HOUR_MS) return { from, interval: '1m', stepMs: MINUTE_MS }
  if (age < 8 * HOUR_MS) return { from, interval: '15m', stepMs: 15 * MINUTE_MS }
  return { from, interval: '1h', stepMs: HOUR_MS }
}

const known = new Map<string, { until: number; day: Promise<LastDay> }>()
const waiting: (() => void)[] = []
let running = 0

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
  running += 1
  try {
    return await work()
  } finally {
    running -= 1
    waiting.shift()?.()
  }
}

async function readDay(id: string, from: number, interval: string): Promise<LastDay> {
  const query = new URLSearchParams({ from: new Date(from).toISOString(), interval })
  const { buckets = [] } = await read<Trend>(`/products/${id}/trend?${query}`)
  return { from, steps: buckets.map(({ at, close }) => ({ at: Date.parse(at), close })) }
}

/** How the lowest price of a product developed in the last day; read anew when a step of it is over. */
export function lastDay(product: Product): Promise<LastDay> {
  const now = Date.now()
  const before = known.get(product.id)
  if (before && before.until > now) return before.day
  const { from, interval, stepMs } = windowOf(product, now)
  const day = inTurn(() => readDay(product.id, from, interval))
  known.set(product.id, { until: now + stepMs, day })
  day.catch(() => known.delete(product.id)) // To be tried again when it is next seen.
  return day
}
