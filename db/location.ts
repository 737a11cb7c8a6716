import { fileURLToPath } from 'node:url'

/** The engine of a database, and what it opens. The path of a file may be relative. */
export type DatabaseLocation =
  | { engine: 'sqlite'; path: string }
  | { engine: 'postgres'; url: string }

/** Finds the engine by the URL's scheme. Throws if no engine has that scheme, before anything is created. */
export function locationOf(url: string): DatabaseLocation {
  if (/^postgres(?:ql)?:/i.test(url)) return { engine: 'postgres', url }
  const [, path = ''] = /^file:(.+)$/is.exec(url) ?? []
  if (path === '') {
    throw new Error(
      'the data is kept in an SQLite file or in PostgreSQL; set DATABASE_URL to "file:" followed by a path, ' +
        'such as file:./data/aggregator.db, or to postgres://USER:PASSWORD@HOST/DATABASE',
    )
  }
  return { engine: 'sqlite', path: path.startsWith('//') ? fileURLToPath(url) : path }
}

/** The prefix of this process's own files if its database is on a server. */
const LOCAL_PREFIX = './data/aggregator'

/** The path of a file that belongs to the database, and lies next to it if that is a file. */
export function pathBeside(url: string, suffix: string): string {
  const location = locationOf(url)
  return `${location.engine === 'sqlite' ? location.path : LOCAL_PREFIX}.${suffix}`
}

/** The URL for logs and messages, without its password. */
export function shownUrl(url: string): string {
  return (
    url
      // Up to the last @, because people forget to encode a password.
      .replace(/^([a-z][a-z\d+.-]*:\/\/[^/?#:@]*):.*@/is, '$1:***@')
      .replace(/([?&](?:ssl)?password=)[^&#]*/gi, '$1***')
  )
}
