import { token } from '../token.ts'
import { CataloguePages, type CatalogueQuery } from './pages.ts'

/** A list that was shown, and how far it was scrolled; undefined before it was shown. */
export interface Place {
  list: CataloguePages
  scrollY: number | undefined
}

/** So many of them are kept, those shown last. */
const MOST_PLACES = 10

const places = new Map<string, Place>()

/** What tells the lists apart. */
export const keyOf = (query: CatalogueQuery) => JSON.stringify([query, token.value])

/** The list of a query, as it was left or new. */
export function placeOf(query: CatalogueQuery): Place {
  const key = keyOf(query)
  const place = places.get(key) ?? { list: new CataloguePages(query), scrollY: undefined }
  places.delete(key)
  places.set(key, place)
  for (const oldest of places.keys()) {
    if (places.size <= MOST_PLACES) break
    places.delete(oldest)
  }
  return place
}

/** Lets the list of a query begin anew, because one does not come back to it. */
export function forgetPlace(query: CatalogueQuery): void {
  places.delete(keyOf(query))
}
