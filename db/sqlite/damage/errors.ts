import { StoreDamaged, StoreUnavailable } from '../../errors.ts'
import { isTable } from './parts.ts'

/** What to do about damage. */
const REMEDY = 'stop the service and run "npm run verify", which says what is lost'

/** SQLite result codes that mean the file does not contain what was written to it. */
const DAMAGED =
  /^SQLITE_(CORRUPT|NOTADB|CONSTRAINT|MISMATCH|IOERR_(READ|SHORT_READ|CORRUPTFS|DATA)\b)/

/** The full-text index cannot be opened; SQLite reports this as an error of the statement. */
const NO_INDEX = /^vtable constructor failed/

/** Result codes that identify the table. */
const TABLE_OF_CODE: Record<string, string | undefined> = {
  SQLITE_CORRUPT_SEQUENCE: 'sqlite_sequence',
  SQLITE_CORRUPT_VTAB: 'products_fts',
}

/** The cause of an error about damage. A plain object, because threads exchange it. */
interface DamagePlace {
  damagedTables: string[]
}

const isDamagePlace = (cause: unknown): cause is DamagePlace =>
  typeof cause === 'object' && cause !== null && 'damagedTables' in cause

/** A part of the database cannot be read. The damage is in one of these tables; none are given if that is unknown. */
class Unreadable extends Error {
  constructor(message: string, damagedTables: string[]) {
    super(message, { cause: { damagedTables } satisfies DamagePlace })
  }
}

function tablesOf(sql: string): string[] {
  const names = [...sql.matchAll(/\b(?:FROM|JOIN|INTO|UPDATE)\s+"?(\w+)/gi)]
  return [...new Set(names.map(([, name]) => String(name)).filter(isTable))]
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : ''
}

const isDamage = (error: Error) => DAMAGED.test(codeOf(error)) || NO_INDEX.test(error.message)

/** Adds the tables of a statement to its error if that reports damage; returns other errors as they are. */
export function located(error: unknown, sql: string): unknown {
  if (!(error instanceof Error && isDamage(error))) return error
  const table = TABLE_OF_CODE[codeOf(error)]
  return new Unreadable(error.message, table === undefined ? tablesOf(sql) : [table])
}

/** The tables that may be damaged according to an error, empty if unknown; undefined if it is not about damage. */
export function damagedTables(error: unknown): string[] | undefined {
  if (!(error instanceof Error)) return undefined
  if (isDamagePlace(error.cause)) return error.cause.damagedTables
  // JSON.parse and dates throw these for values that this service never writes.
  const undecodable = error instanceof SyntaxError || error instanceof RangeError
  return undecodable || isDamage(error) ? [] : undefined
}

/** Turns an error of the database into the one that the store rejects with. */
export function storeError(error: unknown): StoreUnavailable {
  const damaged = damagedTables(error)
  return damaged ? new StoreDamaged(damaged, error, REMEDY) : new StoreUnavailable(error)
}
