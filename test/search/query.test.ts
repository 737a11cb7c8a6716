import t from 'tap'
import { soughtWords } from '../../search/query.ts'

const QUERIES: [query: string, words: string[]][] = [
  ['', []],
  [' \t', []],
  ['!?-', []],
  ['\u0301\u200d\ufe0f', []],
  ['m', ['m*']],
  ['Wi', ['wi* | w i']],
  ['wifi', ['wifi* | w ifi | wi fi | wif i']],
  ['wi fi', ['wi* | w i | wifi*', 'fi* | f i | wifi*']],
  ['wi, fi', ['wi* | w i', 'fi* | f i']],
  ['wi-fi', ['wifi* | wi fi* | w ifi | wi fi | wif i']],
  ['usb-c', ['usbc* | usb c | u sbc | us bc']],
  ["o'n", ['on* | o n']],
  ['iphone 15', ['iphone* | i phone | ip hone | iph one | ipho ne | iphon e', '15*']],
  ['ab1', ['ab1* | ab 1* | a b 1']],
  ['m2', ['m2* | m 2']],
  ['2m', ['2m* | 2 m']],
  ['15mm', ['15mm* | 15 mm* | 15 m m']],
  ['a 1-2', ['a*', '1 2*']],
  ['1.5', ['1 5*']],
  ['1500', ['1500* | 1 500']],
  ['123456', ['123456* | 123 456']],
  [
    '1234567',
    ['1234567* | 1 234567 | 12 34567 | 123 4567 | 1234 567 | 12345 67 | 123456 7 | 1 234 567'],
  ],
  ['1 500', ['1* | 1500*', '500* | 1500*']],
  ['10 15', ['10*', '15*']],
  ['x levi s', ['x* | xlevi*', 'levi* | l evi | le vi | lev i | xlevi* | levis', 's* | levis']],
  ['u s a', ['u* | us | usa', 's* | us | usa | sa', 'a* | sa | usa']],
  [
    'ab 12 34',
    ['ab* | a b | ab1234* | ab 1234*', '12* | ab1234* | ab 1234*', '34* | ab1234* | ab 1234*'],
  ],
  ['日', ['日']],
  ['日本', ['日 本 | . 日 . 本 .']],
  ['sony製', ['sony 製 | s ony 製 | so ny 製 | son y 製']],
  ['นก', ['น ก* | . น . ก .']],
  ['🛒🔥 🛒', ['🛒', '🔥']],
  ['mow mow', ['mow* | m ow | mo w | mowmow*']],
]
for (const [query, expected] of QUERIES) {
  t.test(`what ${JSON.stringify(query)} looks for`, async (t) => {
    const words = soughtWords(query).map((word) =>
      word.map(({ terms, prefix }) => `${terms.join(' ')}${prefix ? '*' : ''}`).sort(),
    )
    t.same(
      words,
      expected.map((word) => word.split(' | ').sort()),
    )
  })
}

t.test('a long word is not tried with blanks in it', async (t) => {
  t.same(soughtWords('a'.repeat(25)), [[{ terms: ['a'.repeat(25)], prefix: true }]])
})
