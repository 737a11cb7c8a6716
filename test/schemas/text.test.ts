import t from 'tap'
import { productFaults } from '../../schemas/product-fields.ts'
import { ExternalId, Name, text } from '../../schemas/text.ts'
import { TEXT_RULES } from '../../schemas/text-rules.ts'

/** Whether a text is one by the pattern that the document has for it. */
const matches = ({ pattern = '' }: { pattern?: string }, text: string) =>
  new RegExp(pattern, 'u').test(text)

const texts: [what: string, text: string, expected: boolean][] = [
  ['empty', '', true],
  ['letters with diacritics', 'sekačka', true],
  ['an emoji (a surrogate pair)', '🛒', true],
  ['line breaks', 'a\nb', true],
  ['NUL', 'a\u0000b', false],
  ['a lone high surrogate', 'a\ud83d', false],
  ['a lone low surrogate', '\udedfa', false],
]

for (const [what, text, expected] of texts) {
  t.test(`${what} is ${expected ? 'text' : 'refused'}`, async (t) => {
    t.equal(TEXT_RULES.text(text, 'It') === undefined, expected)
  })
}

const names: [what: string, name: string, expected: boolean][] = [
  ['one character', 'a', true],
  ['one emoji between blanks', ' 🛒\n', true],
  ['blanks inside', 'a  b', true],
  ['255 characters', 'a'.repeat(255), true],
  ['255 characters with blanks around', `${' '.repeat(500)}${'🛒'.repeat(255)}\t`, true],
  ['256 characters', 'a'.repeat(256), false],
  ['256 emoji', '🛒'.repeat(256), false],
  ['256 characters, blanks among them', `a${' '.repeat(254)}b`, false],
  ['nothing', '', false],
  ['blanks', ' \t\n\u00a0\u3000\ufeff\u2028', false],
  ['NUL inside', 'a\u0000b', false],
  ['NUL before', '\u0000a', false],
  ['a lone surrogate at the end', 'a\ud83d', false],
  ['a lone surrogate alone', '\udedf', false],
]

for (const [what, name, expected] of names) {
  t.test(`${what} is ${expected ? 'a name' : 'no name'}`, async (t) => {
    t.equal(TEXT_RULES.name(name, 'It') === undefined, expected)
  })
}

const keys: [what: string, key: string, expected: boolean][] = [
  ['a SKU', 'AB-123/4', true],
  ['one with blanks around', ' a ', true],
  ['one that is not trimmed to points', ' .', true],
  ['what begins with points', '..a', true],
  ['what begins with a point', '.a', true],
  ['three points', '...', true],
  ['a percent sign', '%2F', true],
  ['255 emoji', '🛒'.repeat(255), true],
  ['an empty text', '', false],
  ['a blank', ' ', false],
  ['an invisible character', '\u200b', false],
  ['a point', '.', false],
  ['two points', '..', false],
  ['NUL inside a key', 'a\0b', false],
  ['a lone surrogate in a key', 'a\ud83d', false],
]

for (const [what, key, expected] of keys) {
  t.test(`${what} is ${expected ? 'a key' : 'no key'}`, async (t) => {
    t.equal(TEXT_RULES.key(key, 'It') === undefined, expected)
    t.ok(!expected || matches(ExternalId, key), 'the pattern refuses nothing that the rule allows')
  })
}

/** One of each kind of characters that show nothing, or all of a kind. */
const invisible: [what: string, characters: RegExp | string[]][] = [
  ['separators', /\p{Z}/u],
  ['control characters', /\p{Cc}/u],
  ['format characters', /\p{Cf}/u],
  ['what Unicode says to ignore', /\p{Default_Ignorable_Code_Point}/u],
  ['what is no character', /\p{Noncharacter_Code_Point}/u],
  ['Hangul fillers', ['\u115f', '\u1160', '\u3164', '\uffa0']],
  ['variation selectors and tags', ['\ufe0f', '\u{e0100}', '\u{e0020}']],
  ['other blanks', ['\u2800', '\u{1d159}', '\u{13441}', '\u{13442}', '\u{16fe4}']],
]

for (const [what, characters] of invisible) {
  t.test(`a name of ${what} alone is refused, and one with them is not`, async (t) => {
    const all = Array.isArray(characters)
      ? characters
      : Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code)).filter((one) =>
          characters.test(one),
        )
    t.ok(all.length > 0)
    const allows = (name: string) => TEXT_RULES.name(name, 'It') === undefined
    t.strictSame(
      all.filter((one) => allows(one) || allows(` ${one}\u200b${one} `)),
      [],
    )
    t.strictSame(
      all.filter((one) => one !== '\0' && !allows(`${one}a${one}`)),
      [],
    )
  })
}

t.test('the patterns of the document refuse nothing that the rules allow', async (t) => {
  for (const [what, value, allowed] of texts)
    t.ok(!allowed || matches(text(9, '', ''), value), what)
  for (const [what, value, allowed] of names) t.ok(!allowed || matches(Name, value), what)
})

t.test('the pattern of keys refuses NUL, points and blanks', async (t) => {
  for (const key of ['', ' ', '\xa0\xad', '.', '..', 'a\0', '.\0', '..\0', '\0'])
    t.notOk(matches(ExternalId, key), key)
})

t.test(
  'an external id that is typed is no fault where it is empty, and one where it is wrong',
  async (t) => {
    const product = { name: 'a', description: '' }
    t.strictSame(productFaults({ ...product, external_id: '' }), {})
    t.strictSame(productFaults({ ...product, external_id: '..' }), {
      external_id: 'The external id must not be "." or "..", which no URL can end in',
    })
    t.strictSame(productFaults({ ...product, external_id: 'a'.repeat(256) }), {
      external_id: 'The external id has 256 characters; at most 255 are allowed',
    })
  },
)

t.test('the patterns of the document refuse NUL, and names that show nothing', async (t) => {
  t.notOk(matches(text(9, '', ''), 'a\0'))
  for (const name of ['', ' ', ' \t\n\v\f\r', '\x01\x7f\x85\xa0\xad', 'a\0', '\0a'])
    t.notOk(matches(Name, name), name)
})

const typed: [what: string, typed: [string, string], name?: string, description?: string][] = [
  ['all that is allowed', [` ${'🛒'.repeat(255)} `, '🛒'.repeat(10_000)]],
  ['a blank name', [' ', ''], 'Give the product a name: this one is blank'],
  [
    'too much of both',
    ['🛒'.repeat(256), '🛒'.repeat(10_001)],
    'The name has 256 characters; at most 255 are allowed',
    'The description has 10,001 characters; at most 10,000 are allowed',
  ],
  [
    'what is no text',
    ['a', 'a\ud83d'],
    undefined,
    'The description must not contain NUL characters or unpaired surrogates',
  ],
]

for (const [what, [name, description], nameFault, descriptionFault] of typed) {
  t.test(`a person who typed ${what} gets an explanation in words`, async (t) => {
    const faults = productFaults({ name, description, external_id: '' })
    t.equal(faults.name, nameFault)
    t.equal(faults.description, descriptionFault)
  })
}
