import { MOST_WATCHED } from '../schemas/alert-rules.ts'
import { AlertNotFound, ProductNotFound, TooManyWatched } from './errors.ts'
import { changedSince } from './version-match.ts'

/** Why an alert was not changed or deleted. */
export type AlertRefusal = 'not-found' | 'version-mismatch' | 'too-many'

/** The alert that an operation created, which may be about a product. Throws the error for a refusal. */
export function createdAlert<Row extends object>(
  productId: string | null,
  result: Row | 'not-found' | 'too-many',
): Row {
  if (result === 'not-found') throw new ProductNotFound(String(productId))
  if (result === 'too-many') throw new TooManyWatched(MOST_WATCHED)
  return result
}

/** The alert that an operation changed or deleted. Throws the error for a refusal. */
export function acceptedAlert<Row extends object>(id: string, result: Row | AlertRefusal): Row {
  if (result === 'not-found') throw new AlertNotFound(id)
  if (result === 'version-mismatch') throw changedSince(`Alert ${id}`)
  if (result === 'too-many') throw new TooManyWatched(MOST_WATCHED)
  return result
}
