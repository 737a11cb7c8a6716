/**
 * The form of a text by which names are sorted: lower case, without diacritics, so that `Židle`
 * stands between `zebra` and `zoo` whatever the database's collation. It is cut at 255 UTF-16 units,
 * because a cursor carries it and some characters decompose into many.
 */
export function fold(text: string): string {
  const folded = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  return folded.slice(0, 255).toWellFormed()
}
