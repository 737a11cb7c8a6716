import { Undecodable } from './errors.ts'

/**
 * A value that an intact database always has. Where it is missing, throws an `Undecodable` that names it by
 * the words in `what`, which are joined only then.
 */
export function present<T>(value: T | null | undefined, ...what: (string | number)[]): T {
  if (value === undefined || value === null) {
    throw new Undecodable(`The database lacks ${what.join(' ')}`)
  }
  return value
}
