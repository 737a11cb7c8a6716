import t from 'tap'
import { knownTag, versionsOf } from '../../plugins/etag.ts'

const ifMatch: [header: string | undefined, versions: number[] | undefined][] = [
  [undefined, undefined],
  ['*', undefined],
  [' * ', undefined],
  ['"3-abc"', [3]],
  ['"3-"', [3]],
  [' "3-abc"\t', [3]],
  ['"3-abc","12-def" , "999999999999999-x"', [3, 12, 999_999_999_999_999]],
  ['W/"3-abc"', []],
  ['W/"3-abc", "4-abc"', [4]],
  ['"abc"', []],
  ['"abc-3-x"', []],
  ['"-3-x"', []],
  ['"3"', []],
  ['3-abc', []],
  ['"1000000000000000-x"', []],
  ['"3-abc", *', [3]],
  ['', []],
  [',', []],
]

for (const [header, versions] of ifMatch) {
  t.test(`If-Match ${header} names ${versions ?? 'any version'}`, async (t) => {
    t.strictSame(versionsOf(header), versions)
  })
}

const ifNoneMatch: [header: string, known: string | undefined, accepted?: string][] = [
  ['*', '"3-abc"'],
  [' * ', '"3-abc"'],
  ['"3-abc"', '"3-abc"'],
  ['W/"3-abc"', '"3-abc"'],
  ['"x","3-abc"', '"3-abc"'],
  ['"x" ,\tW/"3-abc" ', '"3-abc"'],
  ['"3-abc-br"', '"3-abc-br"'],
  ['W/"3-abc-gzip"', '"3-abc-gzip"', 'gzip, br'],
  ['"3-abc-br", "3-abc"', '"3-abc"', 'gzip'],
  ['"3-abc-br", "3-abc-gzip"', '"3-abc-gzip"', 'deflate, gzip'],
  ['"3-abc-gzip", "3-abc-br"', '"3-abc-br"', 'gzip, br'],
  ['"3-abc-deflate"', undefined, 'deflate'],
  ['"3-abd-br"', undefined, 'br'],
  ['"3-abd"', undefined],
  ['"3-ab"', undefined],
  ['3-abc', undefined],
  ['w/"3-abc"', undefined],
  ['', undefined],
  [',', undefined],
]

for (const [header, known, accepted] of ifNoneMatch) {
  const who = accepted ? ` of who takes ${accepted}` : ''
  t.test(`If-None-Match ${header}${who} names ${known ?? 'not'} "3-abc"`, async (t) => {
    t.equal(knownTag(header, '"3-abc"', accepted), known)
  })
}
