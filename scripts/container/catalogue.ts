import assert from 'node:assert/strict'
import { createServer } from 'node:net'

interface Product {
  id: string
  name: string
  created_at: string
}

interface Trend {
  prices: { at: string }[]
}

/** What must be the same after a restart. */
export interface Remembered {
  product: Pick<Product, 'id' | 'name' | 'created_at'>
  /** The points of the trend up to some moment. */
  prices: Trend['prices']
  /** The change feed up to that moment. */
  changes: unknown[]
}

/** A port that nothing listens on now. */
export function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address()
      assert(address !== null && typeof address === 'object')
      server.close(() => resolve(address.port))
    })
  })
}

/** Asks until the answer is no longer undefined; rejects after `limitMs`. */
export async function eventually<T>(
  what: string,
  limitMs: number,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + limitMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > deadline) throw new Error(`${what}: not within ${limitMs / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function read<T>(url: string, body?: object): Promise<T> {
  const request = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
  const response = await fetch(url, { ...request, signal: AbortSignal.timeout(10_000) })
  assert(response.ok, `${url} answered ${response.status}: ${await response.clone().text()}`)
  return (await response.json()) as T
}

/** Whether something answers at a URL with success. */
export async function answers(url: string): Promise<true | undefined> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok || undefined
  } catch {
    return undefined
  }
}

/** Creates a product, and waits until its price has changed; resolves with what the service remembers of it. */
export async function createHistory(api: string): Promise<Remembered> {
  const { id } = await read<Product>(`${api}/products`, { name: 'Robotic lawn mower' })
  const lastChange = await eventually('a price change', 60_000, async () => {
    const { prices } = await read<Trend>(`${api}/products/${id}/trend`)
    return prices.length > 1 ? prices.at(-1) : undefined
  })
  return recall(api, id, lastChange.at)
}

/** What the service remembers of a product up to a moment, that included. */
export async function recall(api: string, id: string, to: string): Promise<Remembered> {
  const product = await read<Product>(`${api}/products/${id}`)
  const trend = await read<Trend>(`${api}/products/${id}/trend?to=${to}`)
  const changes = await read<{ items: { at: string }[] }>(
    `${api}/changes?product_id=${id}&limit=200`,
  )
  return {
    product: { id, name: product.name, created_at: product.created_at },
    prices: trend.prices,
    changes: changes.items.filter(({ at }) => at <= to),
  }
}
