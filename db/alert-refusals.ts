import { MOST_WATCHED } from '../schemas/alert.ts'
import { AlertNotFound, ProductNotFound, TooManyWatched } from './errors.ts'

/** Throws the error for an alert that was not created. */
export function createdOrThrow(
  productId: string | null,
  refusal: 'not-found' | 'too-many' | undefined | null,
): void {
  if (refusal === 'not-found') throw new ProductNotFound(String(productId))
  if (refusal === 'too-many') throw new TooManyWatched(MOST_WATCHED)
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
