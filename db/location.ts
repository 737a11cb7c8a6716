import { fileURLToPath } from 'node:url'

/** The engine of a database, and what it opens. */
export interface DatabaseLocation {
  engine: 'sqlite'
  /** The path of the file; it may be relative. */
  path: string
}

/** Finds the engine by the URL's scheme. Throws if no engine has that scheme, before anything is created. */
export function locationOf(url: string): DatabaseLocation {
  const [, path = ''] = /^file:(.+)$/is.exec(url) ?? []
  if (path === '') {
    throw new Error(
      'this version keeps its data in an SQLite file; set DATABASE_URL to "file:" followed by a path, such ' +
        'as file:./data/aggregator.db',
    )
  }
  return { engine: 'sqlite', path: path.startsWith('//') ? fileURLToPath(url) : path }
}

/** The path of a file that belongs to the database and lies next to it. */
export function pathBeside(url: string, suffix: string): string {
  return `${locationOf(url).path}.${suffix}`
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
