import t from 'tap'
import {
  NAME_PATTERN,
  Name,
  PATTERN_MESSAGES,
  TEXT_PATTERN,
  text,
  words,
} from '../../schemas/text.ts'

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
    t.equal(new RegExp(TEXT_PATTERN, 'u').test(text), expected)
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
    const isName = new RegExp(NAME_PATTERN, 'u').test(name)
    t.equal(isName, expected)
    if (isName) t.ok([...name.trim()].length <= 255)
  })
}

t.test('each pattern comes with words for those whom it refuses', async (t) => {
  for (const { pattern } of [Name, text(10, 'A text')]) t.ok(PATTERN_MESSAGES[pattern ?? ''])
})

const queries: [query: string, expected: string[]][] = [
  ['', []],
  [' \t', []],
  ['mower', ['mower']],
  ['  robotic  mower ', ['robotic', 'mower']],
  ['foo-bar', ['foo', 'bar']],
  ['"a" OR (b*)', ['a', 'OR', 'b']],
  ['500 m²', ['500', 'm²']],
  ['sekac\u030cka', ['sekac\u030cka']],
  ['日本 本', ['日本', '本']],
  ['!?-🛒', []],
  ["o'neill", ['o', 'neill']],
]

for (const [index, [query, expected]] of queries.entries()) {
  t.test(`a query is split into words: ${index}`, async (t) => {
    t.strictSame(words(query), expected)
  })
}
