import { token } from '../token.ts'
import { CataloguePages, type CatalogueQuery } from './pages.ts'

/** A list that was shown, and its scroll position. */
export interface Place {
  list: CataloguePages
  /** Undefined until the list is first shown. */
  scrollY: number | undefined
}

/** The number of lists to keep; the least recently shown are dropped. */
const MAX_PLACES = 10

const places = new Map<string, Place>()

/** The key of a query's list. */
export const keyOf = (query: CatalogueQuery) => JSON.stringify([query, token.value])

/** The list of a query, as the user left it, or a new one. */
export function placeOf(query: CatalogueQuery): Place {
  const key = keyOf(query)
  const place = places.get(key) ?? { list: new CataloguePages(query), scrollY: undefined }
  places.delete(key)
  places.set(key, place)
  for (const oldest of places.keys()) {
    if (places.size <= MAX_PLACES) break
    places.delete(oldest)
  }
  return place
}

/** Drops the list of a query, so that it begins at the top when it is next shown. */
export function forgetPlace(query: CatalogueQuery): void {
  places.delete(keyOf(query))
}
