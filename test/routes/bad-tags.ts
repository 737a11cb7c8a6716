/** Tags and metadata that are refused, with what is said of them. */
type BadBody = [what: string, payload: string, message: string]

const body = (fields: object) => JSON.stringify({ name: 'a', ...fields })
const texts = (subject: string) =>
  `${subject} must not contain NUL characters or unpaired surrogates`
const blank = (subject: string) => `${subject} must have at least one visible character`

const tags = (what: string, tags: unknown, message: string): BadBody => [
  `tags: ${what}`,
  body({ tags }),
  message,
]

const metadata = (what: string, metadata: unknown, message: string): BadBody => [
  `metadata: ${what}`,
  body({ metadata }),
  message,
]

const keys = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`key ${n}`, '']))

const KEY = 'A key of the metadata'

export const tagBodies: BadBody[] = [
  tags('a text', 'garden', 'The tags must be a list'),
  tags('null', null, 'The tags must be a list'),
  tags('a number', [5], '"tags[0]" must be text'),
  tags('null among others', ['a', null], '"tags[1]" must be text'),
  tags('an empty one', ['a', ''], blank('"tags[1]"')),
  tags('blanks', [' \t'], blank('"tags[0]"')),
  tags('invisible characters', ['\u200b\u2060'], blank('"tags[0]"')),
  tags('NUL', ['a\0'], texts('"tags[0]"')),
  tags('a lone surrogate', ['a\ud800'], texts('"tags[0]"')),
  tags(
    'one of 65 characters',
    [` ${'🛒'.repeat(65)} `],
    '"tags[0]" has 65 characters; at most 64 are allowed',
  ),
  tags(
    '33 of them',
    Array.from({ length: 33 }, (_, n) => `${n}`),
    'The tags must have at most 32 entries',
  ),
  tags(
    'twice the same',
    ['a', 'b', 'a'],
    'The tags must differ from each other: "a" is there twice',
  ),
  tags(
    'twice the same once trimmed',
    ['a', ' a '],
    'The tags must differ from each other: "a" is there twice',
  ),
  tags(
    'twice the same in NFC',
    ['\u017e', 'z\u030c'],
    'The tags must differ from each other: "\u017e" is there twice',
  ),
  metadata('null', null, 'The metadata must be a JSON object'),
  metadata('an array', [], 'The metadata must be a JSON object'),
  metadata('a text', 'x', 'The metadata must be a JSON object'),
  metadata('a number', { a: 5 }, '"metadata.a" must be text'),
  metadata('null in it', { 'a/b~c': null }, '"metadata.a/b~c" must be text'),
  metadata('an object in it', { a: {} }, '"metadata.a" must be text'),
  metadata('NUL', { a: '\0' }, texts('"metadata.a"')),
  metadata('a lone surrogate', { a: '\udfff' }, texts('"metadata.a"')),
  metadata(
    'a text of 501 characters',
    { a: '🛒'.repeat(501) },
    '"metadata.a" has 501 characters; at most 500 are allowed',
  ),
  metadata('an empty key', { '': 'x' }, blank(KEY)),
  metadata('a key of invisible characters', { '\u200b': 'x' }, blank(KEY)),
  metadata('NUL in a key', { 'a\0': 'x' }, texts(KEY)),
  metadata('a lone surrogate in a key', { '\ud800': 'x' }, texts(KEY)),
  metadata(
    'a key of 41 characters',
    { ['k'.repeat(41)]: 'x' },
    `${KEY} has 41 characters; at most 40 are allowed`,
  ),
  metadata('51 keys', keys(51), 'The metadata must have at most 50 keys'),
]
