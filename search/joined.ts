import type { Atom } from './atoms.ts'

/** Nobody searches for a longer one without the signs in it. */
const MOST_UNITS = 40

/** Numbers with a hyphen between them are one number from so many digits on (an EAN, a date), as 10-15 is not. */
export const NUMBER_DIGITS = 7

/** Whether two runs of digits with a point or a blank between them are a number with its thousands parted. */
export const areThousands = (before: string, after: string) =>
  before.length <= 3 && before !== '0' && after.length === 3

/** A part of a word without what stands within it. */
export interface Joined {
  text: string
  /** How many atoms it is made of. */
  count: number
}

/**
 * The atoms of a word from one on, as far as they can be read as one: `wifi` of `Wi-Fi`, `ab1234` of
 * `AB-123/4`, `10000` of `10.000`. A single one where the next does not belong to it: `1` of `1.5`, `10`
 * of `10-15 cm`.
 */
export function joinFrom(word: readonly Atom[], start: number): Joined {
  const atoms = word.slice(start)
  let text = ''
  let count = 0
  let isList = false
  for (const [index, atom] of atoms.entries()) {
    const before = atoms[index - 1]
    if (atom.kind === 'character' || text.length + atom.text.length > MOST_UNITS) break
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
