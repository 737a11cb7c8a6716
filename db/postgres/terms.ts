/** The stored terms of a product and the queries for them, in PostgreSQL's syntax for `tsvector` and `tsquery`. */

import { type ProductTexts, SEARCHED_FIELDS } from '../../schemas/product-fields.ts'
import type { SoughtWord } from '../../search/query.ts'
import { termsOf } from '../../search/terms.ts'

/** A lexeme takes less than 2,048 bytes, and a UTF-16 code unit at most three in UTF-8. */
const MAX_UNITS = 600

/** The highest position; PostgreSQL replaces higher ones with it. */
const LAST_PLACE = 16_383

/** The maximum number of positions that PostgreSQL keeps of a term; it drops later ones. */
const MAX_PLACES = 255

const quoted = (term: string) =>
  `'${term.slice(0, MAX_UNITS).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** A `tsvector` with the terms of a product and their positions. */
export function termVector(texts: Pick<ProductTexts, (typeof SEARCHED_FIELDS)[number]>): string {
  const places = new Map<string, number[]>()
  for (const [index, term] of termsOf(SEARCHED_FIELDS.map((field) => texts[field])).entries()) {
    const place = Math.min(index + 1, LAST_PLACE)
    const known = places.get(term)
    if (!known) places.set(term, [place])
    else if (known.length < MAX_PLACES && known.at(-1) !== place) known.push(place)
  }
  return Array.from(places, ([term, at]) => `${quoted(term)}:${at.join()}`).join(' ')
}

/** A `tsquery` that finds these words. */
export function termQuery(words: readonly SoughtWord[]): string {
  const alternatives = words.map((word) =>
    word.map(({ terms, prefix }) => `(${terms.map(quoted).join(' <-> ')}${prefix ? ':*' : ''})`),
  )
  return alternatives.map((phrases) => `(${phrases.join(' | ')})`).join(' & ')
}
