import { MOST_WATCHED } from '../schemas/alert-rules.ts'
import { TooManyWatched } from './errors.ts'

/** The alert that an operation created or changed. Throws the error for a refusal. */
export function acceptedAlert<Row extends object>(
  result: Row | 'not-found' | 'too-many',
  notFound: () => Error,
): Row {
  if (result === 'not-found') throw notFound()
  if (result === 'too-many') throw new TooManyWatched(MOST_WATCHED)
  return result
}
