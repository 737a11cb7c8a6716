import t from 'tap'
import { sortKey } from '../../search/sort-key.ts'

/** Names in their order. */
const ORDERS: [what: string, names: string[]][] = [
  ['numbers by their value', ['2 cm', '3 cm', '10 cm', '100 cm', '1000 cm']],
  ['numbers within words', ['a2b', 'a10b', 'b1']],
  [
    'numbers of any length',
    ['9007199254740992', '9007199254740993', `1${'0'.repeat(40)}`, `2${'0'.repeat(40)}`],
  ],
  [
    'numbers of more digits than two figures tell',
    [`${'9'.repeat(31)} a`, `1${'0'.repeat(31)} a`, `1${'0'.repeat(63)} a`],
  ],
  ['zeros before numbers', ['0', '007', '7', '008', '0010']],
  ['decimals', ['0,5 l', '0.75 l', '1 l', '1.05 l', '1,25 l', '1.5 l', '2 l', '10.5 l']],
  [
    'thousands',
    ['950 kg', '999.50 kg', '1.000 kg', '1,001 kg', '1.299,00 kg', '10,000 kg', '1,000,000 kg'],
  ],
  ['versions', ['v1.2.9', 'v1.2.10', 'v1.10.1', 'v2.0.0']],
  ['digits of other scripts and forms', ['٢ x', '３ x', '१० x', 'Ⅳ x']],
  ['numbers before letters', ['10', 'apple', 'Banana']],
  ['what is shorter before what goes on', ['a', 'a b', 'ab', 'abc']],
  [
    'letters without their marks',
    ['Čaj', 'cb', 'Łata', 'lb', 'Øl', 'omega', 'zebra', 'Židle', 'zoo'],
  ],
  [
    'without what stands between',
    ['“Apple” pie', 'apple: red', 'Oneida', 'O’Neill', 'Onion', 'Wi-Fi 1', 'wifi 2'],
  ],
  ['ties by the name as it is', ['Apple', 'apple', 'ápple']],
  ['names of signs alone', ['!', '🛍', '🛒', '1', 'a']],
  ['pictographs do not count', ['🛒 apple', 'banana', '🛒 cherry']],
  ['other scripts by their letters', ['Ελιά', 'Ζάχαρη', 'ёлка', 'жук', '日本', '日本語']],
]
for (const [what, names] of ORDERS) {
  t.test(`names are in order: ${what}`, async (t) => {
    const keys = names.map((name) => ({ name, bytes: Buffer.from(sortKey(name)) }))
    const sorted = keys.toReversed().sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    t.same(
      sorted.map(({ name }) => name),
      names,
    )
  })
}

t.test('a cursor with the longest key is no longer than the API takes', async (t) => {
  for (const name of ['1a'.repeat(127), '🛒'.repeat(255), '\ufdfa'.repeat(255), '日'.repeat(255)]) {
    const place = JSON.stringify([sortKey(name), Number.MAX_SAFE_INTEGER])
    t.ok(Buffer.from(place).toString('base64url').length < 4000, name.slice(0, 2))
    t.notOk(place.includes('\\u0000'))
  }
})
