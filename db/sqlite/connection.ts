import Database from 'better-sqlite3'
import { located } from './damage/errors.ts'

/** Matches the parameters of a statement, and also quoted texts and comments, where `?` and `@` are no parameters. */
const PARAMETER = /'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--.*|\/\*[\s\S]*?\*\/|\?|@\w+/g

/** Adds a plus sign before each parameter of a statement. */
function withSigns(source: string): string {
  return source.replaceAll(PARAMETER, (found) => {
    if (/^[?@]/.test(found)) return `+${found}`
    if (!/[?@]/.test(found)) return found
    throw new Error(
      `A quoted text or comment of a statement contains a "?" or "@"; bind the text instead: ${source}`,
    )
  })
}

/** Adds the tables of a statement to its errors, because SQLite does not name them. */
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
 * Opens a connection whose statements stay prepared. SQLite with STAT4, which better-sqlite3 includes, replans many
 * statements each time another value is bound, because the value could favour another index. For short statements the
 * planning takes five times as long as the execution. A sign before a parameter prevents that and changes nothing
 * else (https://www.sqlite.org/c3ref/prepare.html, https://www.sqlite.org/lang_expr.html).
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
 * Checkpoints the log: copies it into the database file, as far as no reader needs it. The file does not shrink
 * before that. With `TRUNCATE` it also empties the log, if no reader needs any of it. A failure loses nothing: SQLite
 * tries again when the log has grown or the connection is closed.
 */
export function checkpoint(
  connection: Database.Database,
  mode: 'PASSIVE' | 'TRUNCATE' = 'PASSIVE',
): void {
  try {
    connection.pragma(`wal_checkpoint(${mode})`)
  } catch {
    // A lasting fault will also fail a transaction, which reports it.
  }
}
