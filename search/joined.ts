import type { Atom } from './atoms.ts'

/** The maximum length of a joined text; nobody types a longer one without its punctuation. */
const MAX_UNITS = 40

/** Hyphenated numbers count as one number from this many digits (an EAN, a date), unlike 10-15. */
export const NUMBER_DIGITS = 7

/** Whether two runs of digits with a point or a space between them form a number with a thousands separator. */
export const areThousands = (before: string, after: string) =>
  before.length <= 3 && before !== '0' && after.length === 3

/** A part of a word without its inner punctuation. */
export interface Joined {
  text: string
  /** The number of atoms in it. */
  count: number
}

/**
 * Joins the atoms of a word from `start` on, as far as they can be read as one: `wifi` from `Wi-Fi`, `ab1234`
 * from `AB-123/4`, `10000` from `10.000`. Gives a single atom if the next one does not belong to it: `1` from
 * `1.5`, `10` from `10-15 cm`.
 */
export function joinFrom(word: readonly Atom[], start: number): Joined {
  const atoms = word.slice(start)
  let text = ''
  let count = 0
  let isList = false
  for (const [index, atom] of atoms.entries()) {
    const before = atoms[index - 1]
    if (atom.kind === 'character' || text.length + atom.text.length > MAX_UNITS) break
    if (before?.kind === 'digits' && atom.kind === 'digits') {
      if (atom.gap === 'point' && !areThousands(before.text, atom.text)) break
      isList ||= atom.gap !== 'point' && /^\p{N}+$/u.test(text)
    } else if (isList) break
    text += atom.text
    count++
  }
  const [first] = atoms
  if (first && isList && text.length < NUMBER_DIGITS) return { text: first.text, count: 1 }
  return { text, count }
}
