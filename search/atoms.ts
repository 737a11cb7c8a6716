/** Splits a folded text into atoms, the smallest units that a search distinguishes. */

/** A run of letters or of digits, a letter of a script written without spaces, or a pictograph. */
export type AtomKind = 'letters' | 'digits' | 'character' | 'picture'

/**
 * The separator before an atom:
 * - `none`: nothing, as in `m2`;
 * - `joint`: punctuation within a word, as in `wi-fi`;
 * - `point`: a character between digits that can be a decimal point or a thousands separator;
 * - `blank`: a separator of words;
 * - `stop`: a separator of phrases, so that the words before and after it are unrelated.
 */
export type Separator = 'none' | 'joint' | 'point' | 'blank' | 'stop'

export interface Atom {
  text: string
  kind: AtomKind
  gap: Separator
}

/** Scripts written without spaces between words, and Hangul, which often is. */
const SCRIPTS = [
  'Han',
  'Hira',
  'Kana',
  'Bopo',
  'Hang',
  'Yiii',
  'Thai',
  'Laoo',
  'Khmr',
  'Mymr',
  'Tibt',
]
const CHARACTER =
  `[\\p{L}&&[${SCRIPTS.map((script) => `\\p{Script=${script}}`).join('')}` +
  // Prolonged sound marks and the like, which belong to several scripts.
  `[\\p{Script=Zyyy}&&[\\p{scx=Hira}\\p{scx=Kana}]]]]`
const LETTER = '[\\p{L}\\p{M}\\p{Co}]'
const PICTURE = '\\p{RI}{2}|[\\p{Extended_Pictographic}\\p{RI}[\\p{So}&&[\\u2600-\\u27bf]]]'
const ATOM = new RegExp(
  `\\p{N}+|${CHARACTER}\\p{M}*|(?:(?!${CHARACTER})${LETTER})+|${PICTURE}`,
  'vy',
)

const DIGITS = /^\p{N}/u
const CHARACTERS = new RegExp(`^${CHARACTER}`, 'v')
const LETTERS = new RegExp(`^${LETTER}`, 'v')

/** Hyphens, apostrophes, quotes and other characters that occur within words, codes and units. */
const JOINTS = /^(?:[\p{Pd}\p{Pc}'"`‘’‚‛“”′″‵՚՟׳״.·•‧・/\\⁄∕&@()°^\u2212\u2043\u200b])+$/u
const POINT = /^[.,:٫٬،'’‘`]$/u

/** Any of these between two words, with or without spaces around it, ends a phrase. */
const STOP = /[.,:;!?¡¿…"“”„«»<>|·•–—―、。「」『』،؛؟।॥\n\r\u0085\u2028\u2029]/u

/** The maximum length of an abbreviation before a point, as in `No. 5`. */
const SHORT = 2

/** The kinds of ASCII characters in a folded text; characters of kind `NONE` separate atoms. */
const NONE = 0
const A_DIGIT = 1
const A_LETTER = 2
const ASCII = Uint8Array.from({ length: 0x80 }, (_, code) => {
  const character = String.fromCharCode(code)
  if (/[0-9]/.test(character)) return A_DIGIT
  return /[a-z]/.test(character) ? A_LETTER : NONE
})

function kindOf(atom: string): AtomKind {
  if (DIGITS.test(atom)) return 'digits'
  if (CHARACTERS.test(atom)) return 'character'
  return LETTERS.test(atom) ? 'letters' : 'picture'
}

function gapOf(between: string, before: Atom | undefined, kind: AtomKind): Separator {
  if (between === ' ') return 'blank'
  if (between === '') return 'none'
  if (before?.kind === 'digits' && kind === 'digits' && POINT.test(between)) return 'point'
  if (JOINTS.test(between)) return 'joint'
  const isShort = before?.kind === 'letters' && before.text.length <= SHORT
  if (between === '. ' && isShort) return 'blank'
  return STOP.test(between) ? 'stop' : 'blank'
}

/** Where the run of ASCII characters of one kind that begins at `start` ends; there where it goes on beyond ASCII. */
function asciiEnd(folded: string, start: number, kind: number): number {
  for (let end = start; end < folded.length; end++) {
    const code = folded.charCodeAt(end)
    if (code >= 0x80) return start
    if (ASCII[code] !== kind) return end
  }
  return folded.length
}

/** The atoms of a folded text, in order. Most are ASCII and need no regular expression. */
export function atomsOf(folded: string): Atom[] {
  const atoms: Atom[] = []
  let before: Atom | undefined
  let end = 0
  for (let at = 0; at < folded.length; at = Math.max(at + 1, end)) {
    const code = folded.charCodeAt(at)
    const ascii = code < 0x80 ? ASCII[code] : undefined
    if (ascii === NONE) continue
    const next = ascii === undefined ? at : asciiEnd(folded, at, ascii)
    let text = folded.slice(at, next)
    let kind: AtomKind = ascii === A_DIGIT ? 'digits' : 'letters'
    if (next === at) {
      ATOM.lastIndex = at
      text = ATOM.exec(folded)?.[0] ?? ''
      if (text === '') continue
      kind = kindOf(text)
    }
    before = { text, kind, gap: gapOf(folded.slice(end, at), before, kind) }
    atoms.push(before)
    end = at + text.length
  }
  return atoms
}

/**
 * Groups atoms into words: atoms without a blank between them. A pictograph is a word of its own, since it may
 * stand directly beside a word.
 */
export function wordsOf(atoms: readonly Atom[]): Atom[][] {
  const words: Atom[][] = []
  let before: Atom | undefined
  for (const atom of atoms) {
    const isApart = atom.gap === 'blank' || atom.gap === 'stop'
    const isAlone = atom.kind === 'picture' || before?.kind === 'picture'
    if (isApart || isAlone || !before) words.push([atom])
    else words.at(-1)?.push(atom)
    before = atom
  }
  return words
}
