/**
 * Folds texts for search and for sorting names. Stored texts and queries are both folded here, whatever the
 * engine. A change to the result requires a new `FOLDING` (see `version.ts`).
 */
import { plainLetters } from './letters.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII characters are all of these.
const ASCII = /^[\x00-\x7f]*$/

/** Spacing accents, which some people type as apostrophes; they decompose into a space and a mark. */
const ACCENTS = /[\u00b4\u02ca\u0384\u1fbd\u1fbf\u1ffd\u1ffe]/gu

/** Letters that look like apostrophes, in Hawaiian, Ukrainian, transcribed Arabic and others. */
const APOSTROPHES = /[\u02b9-\u02bf\u02c8\u02ee\ua78b\ua78c]/gu

/** Copyright and trademark signs, some of which decompose into letters that belong to no word. */
const RIGHTS = /[\u00a9\u00ae\u2117\u2120\u2122]/gu

/** Fractions as single characters: `2½` is not 21/2. */
const FRACTIONS = /[\u00bc-\u00be\u2150-\u215e\u2189]/gu

/** The micro sign, which some type as a Greek letter and others as a `u`. */
const MICRO = /\u00b5|(?<!\p{Script=Greek})\u03bc(?=[A-Za-z])/gu

/**
 * Invisible characters, and marks that people leave out: accents of Latin, Greek and Cyrillic letters, the
 * vowels of Arabic and Hebrew, skin tones. Marks that change a word stay: the vowels of other scripts, such
 * as Devanagari and Thai, and the two voicing marks of Japanese. A zero-width space stays too, because it
 * separates words.
 */
const UNSEEN =
  /[[\p{Script=Inherited}\p{Default_Ignorable_Code_Point}\p{Cf}\p{Emoji_Modifier}\u0640[\p{M}&&[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Latin}]]]--[\u200b\u3099\u309a]]/gv

const OTHER_DIGITS = /(?![0-9])\p{Nd}/gu

/** The value of a digit. In Unicode the digits of a script are consecutive, from zero. */
function digit(character: string): string {
  const code = Number(character.codePointAt(0))
  let zero = code
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
  return String((code - zero) % 10)
}

/**
 * Removes the differences that search ignores: NFKD, without marks, full case folding, plain letters and
 * digits. The result is composed, so that a syllable is one character.
 */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  const visible = text
    .replace(ACCENTS, "'")
    .replace(RIGHTS, ' ')
    .replace(FRACTIONS, ' $&')
    .replace(MICRO, 'u')
    .normalize('NFKD')
    .replace(UNSEEN, '')
    .replace(APOSTROPHES, "'")
    .replaceAll('\u00d7', 'x')
  // Upper case first: it turns ß and ı into plain letters.
  const lower = plainLetters(visible.toUpperCase().toLowerCase())
  return lower.replace(OTHER_DIGITS, digit).normalize('NFC')
}
