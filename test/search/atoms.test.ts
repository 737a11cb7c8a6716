import t from 'tap'
import { type AtomKind, atomsOf, type Separator, wordsOf } from '../../search/atoms.ts'

const GAPS: Record<Separator, string> = { none: '', joint: '-', point: '.', blank: ' ', stop: '|' }
const KINDS: Record<AtomKind, string> = { letters: 'l', digits: 'd', character: 'c', picture: 'p' }

/** The atoms with what stands before each, and their kinds. */
const ATOMS: [folded: string, atoms: string, kinds: string][] = [
  ['', '', ''],
  ['!?', '', ''],
  ['lawn  mower', ' lawn mower', 'll'],
  ['wi-fi', 'wi-fi', 'll'],
  ['ab-123/4', 'ab-123-4', 'ldd'],
  ['500m2', '500m2', 'dld'],
  ["levi's l’oreal", 'levi-s l-oreal', 'llll'],
  ['a_b a&b a.b a·b a@b', 'a-b a-b a-b a-b a-b', 'llllllllll'],
  ['a+b a=b', 'a b a b', 'llll'],
  ['wi - fi', 'wi fi', 'll'],
  ['wi – fi', 'wi|fi', 'll'],
  ['one, two; three', 'one|two|three', 'lll'],
  ['black,white', 'black|white', 'll'],
  ['lawn. mower', 'lawn|mower', 'll'],
  ['no. 5', 'no 5', 'ld'],
  ['a\nb', 'a|b', 'll'],
  ['ab (123)', 'ab 123', 'ld'],
  ["1,5 1.5 10:30 1'000", '1.5 1.5 10.30 1.000', 'dddddddd'],
  ['10-15', '10-15', 'dd'],
  ['日本', '日本', 'cc'],
  ['ワイ・ファー', 'ワイ-ファー', 'ccccc'],
  ['กํานก', 'กํ\u0e32นก', 'cccc'],
  ['हिन्दी', 'हिन्दी', 'l'],
  ['bเก้า', 'bเก้\u0e32', 'lccc'],
  ['aбв', 'aбв', 'l'],
  ['\u{f8ff}a', '\u{f8ff}a', 'l'],
  ['🛒a🔥', '🛒a🔥', 'plp'],
  ['🇨🇿🇩🇪', '🇨🇿🇩🇪', 'pp'],
]
for (const [folded, expected, kinds] of ATOMS) {
  t.test(`${JSON.stringify(folded)} is divided into atoms`, async (t) => {
    const atoms = atomsOf(folded)
    t.equal(atoms.map(({ gap, text }) => GAPS[gap] + text).join(''), expected.trim())
    t.equal(atoms.map(({ kind }) => KINDS[kind]).join(''), kinds)
  })
}

t.test('a word ends at a blank, at a stop and beside a pictograph', async (t) => {
  const words = wordsOf(atomsOf('wi-fi 500m2, 🛒sale🛒 x'))
  t.same(
    words.map((word) => word.map(({ text }) => text)),
    [['wi', 'fi'], ['500', 'm', '2'], ['🛒'], ['sale'], ['🛒'], ['x']],
  )
})
