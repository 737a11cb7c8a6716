import { decodeChanges, POLL, PRODUCT_CHANGES } from '../../encoding/changes.ts'
import { Chunk } from '../../encoding/chunk.ts'
import { decodeHours } from '../../encoding/hours.ts'
import { decodePastPrices } from '../../encoding/past-prices.ts'
import { Undecodable } from '../../errors.ts'

/** A row of a table, its columns in order. */
export type TableRow = readonly unknown[]

function list(json: unknown): unknown[] {
  const value: unknown = JSON.parse(String(json))
  if (!Array.isArray(value)) throw new Undecodable('Expected a JSON array')
  return value
}

function bytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw new Undecodable('Expected bytes')
}

function decodeHistory([, since, until, polls]: TableRow): void {
  let at = Number(since)
  const chunk = new Chunk(at, bytes(polls))
  for (; chunk.nextAt < Number.POSITIVE_INFINITY; chunk.next()) at = chunk.nextAt
  if (at !== until) throw new Undecodable('A chunk of the history has the wrong end')
}

function decodeFeed([, , kind, , offers, , tags]: TableRow): void {
  if (tags !== null) list(tags)
  if (kind === POLL) decodeChanges(bytes(offers))
  else if (!PRODUCT_CHANGES[Number(kind)]) throw new Undecodable('A change has an unknown kind')
}

function decodeListing([, offers, internals]: TableRow): void {
  if (list(offers).length !== list(internals).length) {
    throw new Undecodable('The offers on sale lack their internals')
  }
}

/** For each table with encoded values, a function that throws if a row cannot be decoded. */
export const DECODERS: Record<string, ((row: TableRow) => void) | undefined> = {
  history: decodeHistory,
  rollups: ([, , day, hours, stocks]) =>
    decodeHours(Number(day), bytes(hours), stocks === null ? null : bytes(stocks)),
  changes: decodeFeed,
  listings: decodeListing,
  offers: (row) => decodePastPrices(String(row.at(-1) ?? '')),
  deleted_products: ([, , offers]) => JSON.parse(String(offers)),
}
