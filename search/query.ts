import { type Atom, atomsOf, wordsOf } from './atoms.ts'
import { fold } from './fold.ts'
import { areThousands, joinFrom, NUMBER_DIGITS } from './joined.ts'
import { STOP } from './terms.ts'

/** Terms that stand in a row. */
interface Phrase {
  terms: string[]
  /** Whether the last one only has to begin a term. */
  prefix: boolean
}

/** A word of a query: what it can be found as. One of these has to be there. */
export type SoughtWord = Phrase[]

/** So many words in a row are tried as one; more than two only where each has few letters. */
const MOST_JOINED = 3
const MOST_SHORT = 3

/** Words of more characters than this are not tried as two. */
const MOST_CUT = 24

/** Scripts in which marks follow a letter, so that a word that goes on can have another last one. */
const MARKED = /[\p{Script=Thai}\p{Script=Laoo}\p{Script=Khmr}\p{Script=Mymr}\p{Script=Tibt}]/u

const areDigits = (text: string) => /^\p{N}/u.test(text)

/**
 * Whether the last of several terms may go on. `iphone 1` may as `iphone 15`; what is one letter, or one
 * letter before a number, is not enough: `m 2` is not `m 20`, and `usb c` no `usb cable`.
 */
function mayGoOn(terms: readonly string[]): boolean {
  const [last = '', before = ''] = terms.toReversed()
  if (MARKED.test(last)) return true
  if (areDigits(last)) return areDigits(before) || before.length > 1
  return last.length > 1
}

const inARow = (terms: string[]): Phrase => ({ terms, prefix: mayGoOn(terms) })
const asOne = (term: string): Phrase => ({ terms: [term], prefix: true })

/** Letters and digits by turns. */
const runsOf = (text: string) => Array.from(text.matchAll(/\p{N}+|\P{N}+/gu), ([run]) => run)

/** Where a term may have a blank: digits only where that parts the thousands, or in a long number. */
function cutsOf(term: string): [string, string][] {
  const characters = Array.from(term)
  if (characters.length > MOST_CUT) return []
  const cuts = characters.slice(1).map((_, index): [string, string] => {
    const [left, right] = [characters.slice(0, index + 1), characters.slice(index + 1)]
    return [left.join(''), right.join('')]
  })
  if (!areDigits(term) || characters.length >= NUMBER_DIGITS) return cuts
  return cuts.filter((cut) => areThousands(...cut))
}

/** Digits with all their thousands parted, where there are millions. */
function millionsOf(term: string): string[][] {
  if (!areDigits(term) || term.length < NUMBER_DIGITS || term.length > MOST_CUT) return []
  return [term.replaceAll(/\B(?=(?:...)+$)/gu, ' ').split(' ')]
}

/** Terms in a row with blanks in one of them, at each place where there may be one. */
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
  const blanks = terms.slice(1, MOST_CUT).map((_, index) => index + 1)
  return [
    inARow(terms),
    ...blanks.map((at) => ({
      terms: [STOP, ...terms.slice(0, at), STOP, ...terms.slice(at), STOP],
      prefix: false,
    })),
  ]
}

/** What a word can be found as by itself. */
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

/** The words as one, where they can be that: `wifi` of `wi fi`. */
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

/** Whether words may be a code or an abbreviation with blanks in it: of numbers and few letters. */
const areShort = (words: readonly Atom[][]) =>
  words.flat().every(({ kind, text }) => kind === 'digits' || text.length <= MOST_SHORT)

/** Whether blanks in a query may be too many: between letters, or between digits. */
function mayBeJoined(words: readonly Atom[][]): boolean {
  const between = words.slice(1).map((word, index) => [words[index]?.at(-1), word[0]])
  return (
    (words.length === 2 || areShort(words)) &&
    between.every(([, next]) => next?.gap === 'blank' && next.kind !== 'picture') &&
    between.some(([before, next]) => before?.kind === next?.kind)
  )
}

/** The words of a query, each of which has to be found; none where there is nothing to search for. */
export function soughtWords(query: string): SoughtWord[] {
  const words = wordsOf(atomsOf(fold(query)))
  const sought = words.map(alternatives)
  for (let most = 2; most <= MOST_JOINED; most++) {
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
