import { type Atom, atomsOf, wordsOf } from './atoms.ts'
import { fold } from './fold.ts'
import { areThousands, joinFrom, NUMBER_DIGITS } from './joined.ts'
import { STOP } from './terms.ts'

/** Consecutive terms. */
interface Phrase {
  terms: string[]
  /** Whether the last term matches as a prefix. */
  prefix: boolean
}

/** The alternatives for a word of a query, one of which must match. */
export type SoughtWord = Phrase[]

/** How many consecutive words are tried as one; more than two only if each has few letters. */
const MAX_JOINED = 3
const MAX_SHORT = 3

/** The maximum length of a word that is tried as two. */
const MAX_CUT = 24

/** Scripts in which marks follow a letter, so that a longer word can have a different last letter. */
const MARKED = /[\p{Script=Thai}\p{Script=Laoo}\p{Script=Khmr}\p{Script=Mymr}\p{Script=Tibt}]/u

const areDigits = (text: string) => /^\p{N}/u.test(text)

/**
 * Whether the last of several terms matches as a prefix. `iphone 1` matches `iphone 15`, but a single letter,
 * or a number after one, is too short: `m 2` does not match `m 20`, nor `usb c` `usb cable`.
 */
function mayGoOn(terms: readonly string[]): boolean {
  const [last = '', before = ''] = terms.toReversed()
  if (MARKED.test(last)) return true
  if (areDigits(last)) return areDigits(before) || before.length > 1
  return last.length > 1
}

const inARow = (terms: string[]): Phrase => ({ terms, prefix: mayGoOn(terms) })
const asOne = (term: string): Phrase => ({ terms: [term], prefix: true })

/** Alternating runs of letters and digits. */
const runsOf = (text: string) => Array.from(text.matchAll(/\p{N}+|\P{N}+/gu), ([run]) => run)

/** The ways to split a term in two: digits only at a thousands separator, or in a long number. */
function cutsOf(term: string): [string, string][] {
  const characters = Array.from(term)
  if (characters.length > MAX_CUT) return []
  const cuts = characters.slice(1).map((_, index): [string, string] => {
    const [left, right] = [characters.slice(0, index + 1), characters.slice(index + 1)]
    return [left.join(''), right.join('')]
  })
  if (!areDigits(term) || characters.length >= NUMBER_DIGITS) return cuts
  return cuts.filter((cut) => areThousands(...cut))
}

/** Digits with all their thousands separated, for numbers in the millions. */
function millionsOf(term: string): string[][] {
  if (!areDigits(term) || term.length < NUMBER_DIGITS || term.length > MAX_CUT) return []
  return [term.replaceAll(/\B(?=(?:...)+$)/gu, ' ').split(' ')]
}

/** Consecutive terms with one of them split, at each place where it may be. */
function withBlank(terms: readonly string[]): Phrase[] {
  return terms.flatMap((term, index) =>
    [...cutsOf(term), ...millionsOf(term)].map((cut) => {
      const cutTerms = terms.toSpliced(index, 1, ...cut)
      return { terms: cutTerms, prefix: index < terms.length - 1 && mayGoOn(cutTerms) }
    }),
  )
}

/** A run without blanks, and as it is with one of them: then all of it has to be there. */
function unspaced(terms: string[]): SoughtWord {
  const blanks = terms.slice(1, MAX_CUT).map((_, index) => index + 1)
  return [
    inARow(terms),
    ...blanks.map((at) => ({
      terms: [STOP, ...terms.slice(0, at), STOP, ...terms.slice(at), STOP],
      prefix: false,
    })),
  ]
}

/** The alternatives for a single word. */
function alternatives(word: readonly Atom[]): SoughtWord {
  const terms = word.map(({ text }) => text)
  const [first] = word
  if (word.every(({ kind }) => kind === 'character')) return unspaced(terms)
  if (first?.kind === 'picture') return [{ terms, prefix: false }]
  const { text, count } = joinFrom(word, 0)
  if (count < word.length) return [inARow(terms), ...withBlank(terms)]
  const runs = runsOf(text)
  const rows = [terms, runs].filter((row) => row.length > 1).map(inARow)
  return [asOne(text), ...rows, ...withBlank(runs)]
}

/** The words joined, if they can be: `wifi` from `wi fi`. */
function joined(words: readonly Atom[][]): Phrase[] {
  let before = ''
  const atoms = words.flat().map((atom): Atom => {
    const thousands = areThousands(before, atom.text)
    before = atom.text
    return atom.gap === 'blank' ? { ...atom, gap: thousands ? 'point' : 'joint' } : atom
  })
  const { text, count } = joinFrom(atoms, 0)
  if (count < atoms.length) return []
  const runs = runsOf(text)
  const last = words.slice(-1).flat()
  const asWord = { terms: [text], prefix: last.map((atom) => atom.text).join('').length > 1 }
  return runs.length > 1 ? [asWord, inARow(runs)] : [asWord]
}

/** Whether words may be a code or an abbreviation with spaces in it: numbers and few letters. */
const areShort = (words: readonly Atom[][]) =>
  words.flat().every(({ kind, text }) => kind === 'digits' || text.length <= MAX_SHORT)

/** Whether a space in a query may be superfluous: between letters, or between digits. */
function mayBeJoined(words: readonly Atom[][]): boolean {
  const between = words.slice(1).map((word, index) => [words[index]?.at(-1), word[0]])
  return (
    (words.length === 2 || areShort(words)) &&
    between.every(([, next]) => next?.gap === 'blank' && next.kind !== 'picture') &&
    between.some(([before, next]) => before?.kind === next?.kind)
  )
}

/** The words of a query, all of which must match; empty if there is nothing to search for. */
export function soughtWords(query: string): SoughtWord[] {
  const words = wordsOf(atomsOf(fold(query)))
  const sought = words.map(alternatives)
  for (let most = 2; most <= MAX_JOINED; most++) {
    for (let start = 0; start + most <= words.length; start++) {
      const some = words.slice(start, start + most)
      const found = mayBeJoined(some) ? joined(some) : []
      for (const word of sought.slice(start, start + most)) word.push(...found)
    }
  }
  return unique(
    sought.map((word) => unique(word, nameOf)),
    (word) => word.map(nameOf).join('|'),
  )
}

const nameOf = ({ terms, prefix }: Phrase) => `${terms.join(' ')}${prefix ? '*' : ''}`

function unique<T>(items: T[], name: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [name(item), item])).values()]
}
