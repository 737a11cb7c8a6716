import t from 'tap'
import { fromTagLine, normalTag, repeatedTag, toTagLine } from '../../schemas/tag-rules.ts'

t.test('a tag is stored trimmed and in NFC', async (t) => {
  t.equal(normalTag(' \u3000z\u030cen A \n'), '\u017een A')
})

const LINES: [tags: string[], line: string][] = [
  [[], ''],
  [['a'], 'a'],
  [['a', 'b c'], 'a, b c'],
  [['a,b', ',', 'c'], 'a\\,b, \\,, c'],
  [['a\\', '\\', '\\,'], 'a\\\\, \\\\, \\\\\\,'],
  [['C:\\dir', '"q"', '🛒'], 'C:\\\\dir, "q", 🛒'],
]
for (const [tags, line] of LINES) {
  t.test(`${JSON.stringify(tags)} in one line can be read again`, async (t) => {
    t.equal(toTagLine(tags), line)
    t.strictSame(fromTagLine(line), tags)
  })
}

const TYPED: [line: string, tags: string[]][] = [
  ['a,b ,  c', ['a', 'b', 'c']],
  [' , a,,b,', ['a', 'b']],
  ['C:\\dir', ['C:\\dir']],
  ['a\\', ['a\\']],
  ['z\u030c', ['\u017e']],
  ['a,a', ['a', 'a']],
]
for (const [line, tags] of TYPED) {
  t.test(`${JSON.stringify(line)} means ${JSON.stringify(tags)}`, async (t) => {
    t.strictSame(fromTagLine(line), tags)
  })
}

const LISTS: [tags: unknown[], repeated: string | undefined][] = [
  [[], undefined],
  [['a', 'A', 'á'], undefined],
  [['a', 'b', ' b'], 'b'],
  [[5, 5, null], undefined],
]
for (const [tags, repeated] of LISTS) {
  t.test(`of ${JSON.stringify(tags)}, ${repeated ?? 'none'} is there twice`, async (t) => {
    t.equal(repeatedTag(tags), repeated)
  })
}
