import t from 'tap'
import { noneMatches, versionsOf } from '../../plugins/etag.ts'

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

const ifNoneMatch: [header: string, matches: boolean][] = [
  ['*', true],
  [' * ', true],
  ['"3-abc"', true],
  ['W/"3-abc"', true],
  ['"x","3-abc"', true],
  ['"x" ,\tW/"3-abc" ', true],
  ['"3-abd"', false],
  ['"3-ab"', false],
  ['3-abc', false],
  ['w/"3-abc"', false],
  ['', false],
  [',', false],
]

for (const [header, matches] of ifNoneMatch) {
  t.test(`If-None-Match ${header} ${matches ? 'names' : 'does not name'} "3-abc"`, async (t) => {
    t.equal(noneMatches(header, '"3-abc"'), matches)
  })
}
