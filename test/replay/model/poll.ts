import type { LogEntry } from '../../../simulator/served.ts'

/** An offer as it was answered. */
export interface Seen {
  id: string
  price: number
  stock: number
}

/** A poll, with what it showed; null where it failed. */
export interface Poll {
  at: number
  seen: Seen[] | null
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0

function seenOf(offer: unknown): Seen | null {
  if (typeof offer !== 'object' || offer === null) return null
  const { id, price, items_in_stock: stock } = offer as Record<string, unknown>
  const named = Number.isSafeInteger(id) || (typeof id === 'string' && id !== '')
  return named && isCount(price) && isCount(stock) ? { id: String(id), price, stock } : null
}

function read(body: string): Seen[] | null {
  try {
    const json: unknown = JSON.parse(body)
    if (!Array.isArray(json)) return null
    const seen = json.flatMap((offer) => seenOf(offer) ?? [])
    return seen.length === json.length ? seen : null
  } catch {
    return null
  }
}

/** A poll as the log of the Offers service has it: it failed but for a valid array of offers. */
export function pollOf({ at, status, body }: LogEntry): Poll {
  return { at, seen: status === 200 ? read(body) : null }
}
