import t from 'tap'
import { fold } from '../../db/fold.ts'

const folded: [text: string, expected: string][] = [
  ['Židle', 'zidle'],
  ['ZIDLE', 'zidle'],
  ['Z\u030cidle', 'zidle'],
  ['Straße', 'straße'],
  ['ﬁne', 'fine'],
  ['Ⅳ', 'iv'],
  ['🛒', '🛒'],
  ['', ''],
  ['a'.repeat(256), 'a'.repeat(255)],
  [`${'a'.repeat(254)}🛒`, `${'a'.repeat(254)}\ufffd`],
]

for (const [index, [text, expected]] of folded.entries()) {
  t.test(`a text is folded for sorting: ${index}, ${text.slice(0, 20)}`, async (t) => {
    t.equal(fold(text), expected)
    t.ok(fold(text).length <= 255)
    t.equal(fold(text).isWellFormed(), true)
  })
}
