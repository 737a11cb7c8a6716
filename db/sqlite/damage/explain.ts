import Database from 'better-sqlite3'
import { type Finding, linesOf } from '../../damage.ts'
import { damagedTables } from './errors.ts'
import { findDamage } from './find.ts'
import { meaningOf } from './parts.ts'

/** Finds the damage in the file. If it cannot be opened, the schema counts as damaged. */
export function damageIn(path: string, onTable?: (done: number, total: number) => void): Finding[] {
  try {
    const connection = new Database(path, { readonly: true, fileMustExist: true })
    const found = findDamage(connection, onTable)
    connection.close()
    return found
  } catch (error) {
    const part = 'sqlite_schema'
    const detail = (error as Error).message
    return [{ part, means: meaningOf(part), detail, rebuildable: false }]
  }
}

/** Explains why a database could not be opened. SQLite only says that it is damaged, so this finds out where. */
export function explained(path: string, error: unknown): unknown {
  const tables = damagedTables(error)
  if (!tables) return error
  const found = linesOf(damageIn(path))
  const lines = found.length > 0 ? found : [`${tables.join(' or ')}: ${(error as Error).message}`]
  return new Error(
    `it is damaged:\n${lines.map((line) => `  ${line}\n`).join('')}` +
      'Run "npm run verify", which rebuilds what can be rebuilt; else "npm run restore" puts a backup in its place.',
    { cause: error },
  )
}
