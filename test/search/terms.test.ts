import t from 'tap'
import { termsOf } from '../../search/terms.ts'

const TERMS: [name: string, description: string, terms: string][] = [
  ['Lawn mower', '', 'lawn mower .'],
  ['Lawn mower', 'Mows. Quietly', 'lawn mower . mows . quietly .'],
  ['', '', '.'],
  ['Wi-Fi', 'Wi-Fi router', 'wi fi . wi fi router . wifi'],
  ['AB-123/4', '', 'ab 123 4 . ab1234'],
  ['Super-Wi-Fi', '', 'super wi fi . superwifi wifi'],
  ['500 m²', '', '500 m 2 . m2'],
  ['1.5 l', '', '1 5 l .'],
  ['10.000 mAh', '', '10 000 mah . 10000'],
  ['0.750 l', '', '0 750 l .'],
  ['1234.567', '', '1234 567 .'],
  ['10-15cm', '', '10 15 cm . 15cm'],
  ['1/2', '', '1 2 .'],
  ['978-3-16-148410-0', '', '978 3 16 148410 0 . 9783161484100 3161484100 161484100 1484100'],
  ['東京 sony製', 'x', '. 東 京 . sony 製 . x .'],
  ['🛒Sale', '', '🛒 sale .'],
]
for (const [name, description, expected] of TERMS) {
  t.test(`${name} / ${description} is indexed`, async (t) => {
    t.equal(termsOf([name, description]).join(' '), expected)
  })
}

/** Descriptions, and how much more there is in bytes of what they make. */
const LONGEST: [what: string, description: string, times?: number][] = [
  ['letters between points', 'a.'.repeat(5000)],
  ['letters and digits by turns', 'a1'.repeat(5000)],
  ['short words of many parts', 'a.a.a.a.a.a.a.a.a '.repeat(555)],
  ['ligatures of a sentence', '\ufdfa'.repeat(10_000), 12],
  ['one word', 'a'.repeat(10_000)],
  ['characters', '日'.repeat(10_000)],
  ['pictographs', '🛒'.repeat(10_000)],
]
for (const [what, description, times = 4] of LONGEST) {
  t.test(`${what} have terms in proportion`, async (t) => {
    const bytes = Buffer.byteLength(description)
    const terms = termsOf(['a', description])
    t.ok(Buffer.byteLength(terms.join(' ')) < times * bytes)
    t.notOk(terms.some((term) => term === '' || /\s/u.test(term)))
  })
}
