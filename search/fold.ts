/**
 * What makes texts the same to a search and to the order of names. Both sides go through here, whatever
 * the engine; a change of what it gives wants another `FOLDING` (see `version.ts`).
 */
import { plainLetters } from './letters.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII characters are all of these.
const ASCII = /^[\x00-\x7f]*$/

/** Accents that stand alone, which some type as an apostrophe; they decompose into a blank and a mark. */
const ACCENTS = /[\u00b4\u02ca\u0384\u1fbd\u1fbf\u1ffd\u1ffe]/gu

/** Letters that are apostrophes: of Hawaiian, Ukrainian, transcribed Arabic and others. */
const APOSTROPHES = /[\u02b9-\u02bf\u02c8\u02ee\ua78b\ua78c]/gu

/** Rights and brands, of which some decompose into letters that belong to no word. */
const RIGHTS = /[\u00a9\u00ae\u2117\u2120\u2122]/gu

/** Fractions in one character: `2½` is not 21/2. */
const FRACTIONS = /[\u00bc-\u00be\u2150-\u215e\u2189]/gu

/** The sign for a millionth, which some type as a Greek letter and others as a `u`. */
const MICRO = /\u00b5|(?<!\p{Script=Greek})\u03bc(?=[A-Za-z])/gu

/**
 * What nobody sees, and marks that people leave out: accents of Latin, Greek and Cyrillic letters, the
 * vowels of Arabic and Hebrew, skin tones. In other scripts, such as Devanagari and Thai, marks are the
 * vowels of a word, and the two voice marks of Japanese tell other letters; they stay. A space of no width
 * stays, too, for it stands between words.
 */
const UNSEEN =
  /[[\p{Script=Inherited}\p{Default_Ignorable_Code_Point}\p{Cf}\p{Emoji_Modifier}\u0640[\p{M}&&[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Latin}]]]--[\u200b\u3099\u309a]]/gv

const OTHER_DIGITS = /(?![0-9])\p{Nd}/gu

/** The value of a digit. Unicode has those of a script in a row, from zero. */
function digit(character: string): string {
  const code = Number(character.codePointAt(0))
  let zero = code
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
  return String((code - zero) % 10)
}

/**
 * A text without the differences that do not count: NFKD, without marks, in lower case by full case
 * folding, and with plain letters and digits. What is left is composed, so that a syllable is a character.
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
  // Capitals first: of ß and ı they are plain letters.
  const lower = plainLetters(visible.toUpperCase().toLowerCase())
  return lower.replace(OTHER_DIGITS, digit).normalize('NFC')
}
