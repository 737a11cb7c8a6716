import Database from 'better-sqlite3'
import { located } from './damage/errors.ts'

/** The parameters of a statement, and the quoted texts and comments in which a `?` or an `@` is no parameter. */
const PARAMETER = /'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--.*|\/\*[\s\S]*?\*\/|\?|@\w+/g

/** Puts a plus sign before each parameter of a statement. */
function withSigns(source: string): string {
  return source.replaceAll(PARAMETER, (found) => {
    if (/^[?@]/.test(found)) return `+${found}`
    if (!/[?@]/.test(found)) return found
    throw new Error(
      `A quoted text or comment of a statement contains a "?" or "@"; bind the text instead: ${source}`,
    )
  })
}

/** Has the errors of a statement name its tables, which SQLite does not. */
function locating(statement: Database.Statement): Database.Statement {
  for (const name of ['get', 'all', 'run'] as const) {
    const run: (...values: unknown[]) => unknown = statement[name].bind(statement)
    Object.defineProperty(statement, name, {
      value: (...values: unknown[]) => {
        try {
          return run(...values)
        } catch (error) {
          throw located(error, statement.source)
        }
      },
    })
  }
  return statement
}

/**
 * Opens a connection whose statements stay prepared. SQLite with STAT4, as better-sqlite3 has it, plans
 * many a statement anew each time that another value is bound, since the value might speak for another
 * index; for short statements that takes five times as long as they do. It does not look at a parameter
 * with a sign before it, and the sign does nothing else
 * (https://www.sqlite.org/c3ref/prepare.html, https://www.sqlite.org/lang_expr.html).
 */
export function openConnection(path: string, options?: Database.Options): Database.Database {
  const connection = new Database(path, options)
  const prepare = connection.prepare.bind(connection)
  Object.defineProperty(connection, 'prepare', {
    ...Object.getOwnPropertyDescriptor(Database.prototype, 'prepare'),
    value: (source: string) => locating(prepare(withSigns(source))),
  })
  return connection
}

/**
 * Copies the log back into the file as far as no reader needs it. Only then does the file lose the pages that were
 * given back. With `TRUNCATE` it also empties the log where no reader needs any of it. Where it fails
 * nothing is lost: SQLite tries again when the log has grown, or is closed.
 */
export function copyLogBack(
  connection: Database.Database,
  mode: 'PASSIVE' | 'TRUNCATE' = 'PASSIVE',
): void {
  try {
    connection.pragma(`wal_checkpoint(${mode})`)
  } catch {
    // A transaction that fails for the same reason is answered so.
  }
}
