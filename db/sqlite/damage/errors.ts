import { StoreDamaged, StoreUnavailable } from '../../errors.ts'
import { isTable } from './parts.ts'

/** Results of SQLite that mean that the file does not hold what was written to it. */
const DAMAGED =
  /^SQLITE_(CORRUPT|NOTADB|CONSTRAINT|MISMATCH|IOERR_(READ|SHORT_READ|CORRUPTFS|DATA)\b)/

/** The full-text index cannot be opened, which SQLite reports as an error of the statement. */
const NO_INDEX = /^vtable constructor failed/

/** Results that tell the table by themselves. */
const TABLE_OF_CODE: Record<string, string | undefined> = {
  SQLITE_CORRUPT_SEQUENCE: 'sqlite_sequence',
  SQLITE_CORRUPT_VTAB: 'products_fts',
}

/** What tells an error about damage from others. It is a plain object, so that it crosses to a thread. */
interface DamagePlace {
  damagedTables: string[]
}

const isDamagePlace = (cause: unknown): cause is DamagePlace =>
  typeof cause === 'object' && cause !== null && 'damagedTables' in cause

/** Something in the database cannot be read. It is in one of these tables, if that is known. */
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

/** The error of a statement, which says where in the database it is about where that is damaged. */
export function located(error: unknown, sql: string): unknown {
  if (!(error instanceof Error && isDamage(error))) return error
  const table = TABLE_OF_CODE[codeOf(error)]
  return new Unreadable(error.message, table === undefined ? tablesOf(sql) : [table])
}

/** The tables one of which is damaged, empty where that is not known; undefined for other kinds of errors. */
export function damagedTables(error: unknown): string[] | undefined {
  if (!(error instanceof Error)) return undefined
  if (isDamagePlace(error.cause)) return error.cause.damagedTables
  // What JSON.parse and dates say of a value that was never written.
  const undecodable = error instanceof SyntaxError || error instanceof RangeError
  return undecodable || isDamage(error) ? [] : undefined
}

/** What the store rejects with where this kept it from its work. */
export function storeError(error: unknown): StoreUnavailable {
  const damaged = damagedTables(error)
  return damaged ? new StoreDamaged(damaged, error) : new StoreUnavailable(error)
}
