import { type Atom, atomsOf } from './atoms.ts'
import { fold } from './fold.ts'
import { areThousands } from './joined.ts'

/** How much of a folded name counts. Some characters decompose into many, and cursors contain the key. */
const MAX_UNITS = 255

/** The character code of the digit 0 in the length of a number: above spaces, and below letters. */
const FIGURE = 48
const FIGURES = 32

/** A number as text that sorts by value: the number of digits, the digits, then the decimals. */
function numberKey(whole: string, decimals = ''): string {
  const digits = whole.replace(/^0+/, '')
  const { length } = digits
  const size = [Math.floor(length / FIGURES), length % FIGURES].map((figure) => figure + FIGURE)
  const fraction = decimals.replace(/0+$/, '')
  return String.fromCharCode(...size) + digits + (fraction && `.${fraction}`)
}

/** Runs of digits with points between: a number with thousands or decimals, otherwise a version. */
function numberKeys([first = '', ...rest]: string[]): string[] {
  const other = rest.findIndex((group) => !areThousands(first, group))
  const thousands = other === -1 ? rest : rest.slice(0, other)
  const [decimals, ...more] = rest.slice(thousands.length)
  if (more.length > 0) return [first, ...rest].map((group) => numberKey(group))
  return [numberKey([first, ...thousands].join(''), decimals)]
}

/** The words and numbers of a name, in the form in which they are compared. */
function partsOf(atoms: readonly Atom[]): string[] {
  const parts: string[] = []
  let groups: string[] = []
  const endNumber = () => {
    if (groups.length > 0) parts.push(...numberKeys(groups))
    groups = []
  }
  let before: Atom | undefined
  for (const atom of atoms) {
    if (atom.gap !== 'point') endNumber()
    const isWord = atom.kind === 'letters' || atom.kind === 'character'
    const isNear = atom.gap === 'none' || atom.gap === 'joint'
    const continues = isWord && isNear && before?.kind !== 'digits'
    if (atom.kind === 'digits') groups.push(atom.text)
    else if (isWord) parts.push(continues ? `${parts.pop() ?? ''}${atom.text}` : atom.text)
    if (atom.kind !== 'picture') before = atom
  }
  endNumber()
  return parts
}

/**
 * The sort key of a name: first its words and the values of its numbers, ignoring what separates them, then
 * the exact name. Keys are compared by code point, or by UTF-8 bytes, which is the same; no collation of an
 * engine is involved. A key contains no NUL, which some engines cannot store.
 */
export function sortKey(name: string): string {
  const atoms = atomsOf(fold(name).slice(0, MAX_UNITS))
  return `${partsOf(atoms).join(' ')}\u0001${name}`
}
