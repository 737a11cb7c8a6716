import { token } from '../token.ts'
import { CataloguePages, type CatalogueQuery } from './pages.ts'

/** A list that was shown, and its scroll position. */
export interface SavedList {
  pages: CataloguePages
  /** Undefined until the list is first shown. */
  scrollY: number | undefined
}

/** The number of lists to keep; the least recently shown are dropped. */
const MAX_SAVED = 10

const saved = new Map<string, SavedList>()

/** The key of a query's list. */
export const keyOf = (query: CatalogueQuery) => JSON.stringify([query, token.value])

/** The list of a query, as the user left it, or a new one. */
export function savedList(query: CatalogueQuery): SavedList {
  const key = keyOf(query)
  const list = saved.get(key) ?? { pages: new CataloguePages(query), scrollY: undefined }
  saved.delete(key)
  saved.set(key, list)
  for (const oldest of saved.keys()) {
    if (saved.size <= MAX_SAVED) break
    saved.delete(oldest)
  }
  return list
}

/** Drops the list of a query, so that it begins at the top when it is next shown. */
export function forgetList(query: CatalogueQuery): void {
  saved.delete(keyOf(query))
}
