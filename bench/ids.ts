import { readDatabase } from './read-database.ts'

/** The ids of all products in a database, in order of creation. */
export const idsIn = (database: string): string[] =>
  readDatabase(database, (db) =>
    db.prepare<[], string>('SELECT id FROM products ORDER BY key').pluck().all(),
  )

/** Picks this many of the items, evenly spread. */
export function evenSample<T>(items: T[], count: number): T[] {
  const step = Math.max(1, items.length / count)
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
}
