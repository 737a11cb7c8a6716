import { Type } from '../typebox.ts'

const CHARACTER = '[^\\u0000\\ud800-\\udfff]'
const VISIBLE = '[^\\s\\u0000\\ud800-\\udfff]'

/**
 * What counts as text in this product: any Unicode string without NUL (stores and C strings end at
 * it) and without unpaired surrogates (which no UTF-8 can carry). To be read with the `u` flag.
 */
export const TEXT_PATTERN = `^${CHARACTER}*$`

/** The same, with 1 to 255 characters left after trimming. `maxLength` would count the blanks too. */
export const NAME_PATTERN = `^\\s*${VISIBLE}(?:${CHARACTER}{0,253}${VISIBLE})?\\s*$`

/** What to tell the sender of a string that one of the patterns above refuses. */
export const PATTERN_MESSAGES: Record<string, string> = {
  [TEXT_PATTERN]: 'must not contain NUL characters or unpaired surrogates',
  [NAME_PATTERN]:
    'must have 1 to 255 characters after trimming, without NUL characters or unpaired surrogates',
}

/** A string of at most `maxLength` characters (code points) that is text as defined above. */
export function text(maxLength: number, description: string) {
  return Type.String({ maxLength, pattern: TEXT_PATTERN, description })
}

/** A product's name as clients send it. */
export const Name = Type.String({
  pattern: NAME_PATTERN,
  description: '1 to 255 characters after trimming; blanks around it are removed',
  examples: ['Robotic lawn mower'],
})

/**
 * The words of a search query: runs of letters, digits and their marks. Everything else separates
 * words, so no character has a meaning to a search engine behind it.
 */
export function words(query: string): string[] {
  return query.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu) ?? []
}
