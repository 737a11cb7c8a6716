import t from 'tap'
import { fromMetadataLines, metadataFault, toMetadataLines } from '../../web/metadata-lines.ts'

for (const [what, typed, metadata] of [
  ['nothing', ' \n\n', {}],
  ['an entry in each line', 'colour: green\nshelf : 12', { colour: 'green', shelf: '12' }],
  ['a text that is empty', 'note:', { note: '' }],
  ['a colon in a text, and an escaped one in a key', 'a\\:b: c: d', { 'a:b': 'c: d' }],
  [
    'an end of line, a backslash and blanks that belong to it',
    'a: \\ x\\n\\\\\\ ',
    { a: ' x\n\\ ' },
  ],
  ['a key with a name of objects', '__proto__: x', { ['__proto__']: 'x' }],
] as const) {
  t.test(`metadata is typed with ${what}`, async (t) => {
    t.equal(metadataFault(typed), undefined)
    t.strictSame(Object.entries(fromMetadataLines(typed)), Object.entries(metadata))
    t.strictSame(fromMetadataLines(toMetadataLines(metadata)), { ...metadata })
  })
}

t.test('metadata of any text is typed without a loss', async (t) => {
  const signs = ['\\', ':', '\n', '\r', ' ', '\t', 'n', 'r', 'ä']
  const texts = signs.flatMap((a) => signs.flatMap((b) => signs.map((c) => a + b + c)))
  const metadata = Object.fromEntries(texts.map((text) => [text, text]))
  t.equal(metadataFault(toMetadataLines(metadata)), undefined)
  const same = Object.entries(fromMetadataLines(toMetadataLines(metadata))).sort()
  t.strictSame(same, Object.entries(metadata).sort())
})

t.test('what is wrong with a line is said', async (t) => {
  t.equal(metadataFault('a: 1\n no colon '), 'Write “no colon” as “key: text”')
  t.equal(metadataFault(': text'), 'Write “: text” as “key: text”')
  t.equal(metadataFault('a: 1\na : 2'), 'The key “a” is there twice')
})
