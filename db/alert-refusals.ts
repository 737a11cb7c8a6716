import { MOST_WATCHED } from '../schemas/alert.ts'
import { AlertNotFound, ProductNotFound, TooManyWatched } from './errors.ts'

/** The alert that was created. Throws the error for a refusal. */
export function createdOrThrow<Row extends object>(
  productId: string | null,
  result: Row | 'not-found' | 'too-many',
): Row {
  if (result === 'not-found') throw new ProductNotFound(String(productId))
  if (result === 'too-many') throw new TooManyWatched(MOST_WATCHED)
  return result
}

/** The alert that an operation changed. Throws the error for a refusal. */
export function changedOrThrow<Row extends object>(
  id: string,
  result: Row | 'not-found' | 'too-many',
): Row {
  if (result === 'not-found') throw new AlertNotFound(id)
  if (result === 'too-many') throw new TooManyWatched(MOST_WATCHED)
  return result
}
