import t from 'tap'
import {
  fromTagLine,
  normalTag,
  repeatedTag,
  retagged,
  tagChangeFault,
  toTagLine,
} from '../../schemas/tag-rules.ts'

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

const CHANGES: [tags: string[], change: Parameters<typeof retagged>[1], after: string[]][] = [
  [['a'], {}, ['a']],
  [['a', 'b'], { add_tags: [], remove_tags: [] }, ['a', 'b']],
  [['b'], { add_tags: ['c', 'a'] }, ['b', 'c', 'a']],
  [['b', 'a'], { add_tags: ['a', 'c', 'b'] }, ['b', 'a', 'c']],
  [['a', 'b', 'c'], { remove_tags: ['b', 'x'] }, ['a', 'c']],
  [['a', 'b'], { add_tags: ['c', 'b'], remove_tags: ['a'] }, ['b', 'c']],
  [['a'], { add_tags: ['A'], remove_tags: ['á'] }, ['a', 'A']],
  [['a'], { remove_tags: ['a'] }, []],
]
for (const [tags, change, after] of CHANGES) {
  t.test(`${tags} changed by ${JSON.stringify(change)} are ${after}`, async (t) => {
    const before = [...tags]
    t.strictSame(retagged(tags, change), after)
    t.strictSame(tags, before)
  })
}

const CONTRADICTIONS: [change: Parameters<typeof tagChangeFault>[0], fault: RegExp | undefined][] =
  [
    [{}, undefined],
    [{ tags: [] }, undefined],
    [{ add_tags: ['a'], remove_tags: ['b'] }, undefined],
    [{ tags: [], add_tags: [] }, /^has both "tags" and "add_tags": /],
    [{ tags: ['a'], remove_tags: ['a'] }, /^has both "tags" and "remove_tags": /],
    [{ tags: ['a'], add_tags: ['b'], remove_tags: ['c'] }, /^has both "tags" and "add_tags": /],
    [
      { add_tags: ['b', ' z\u030c'], remove_tags: ['\u017e '] },
      /^has the tag "\u017e" in both "add_tags" and "remove_tags": /,
    ],
  ]
for (const [change, fault] of CONTRADICTIONS) {
  t.test(`${JSON.stringify(change)} ${fault ? 'contradicts itself' : 'is clear'}`, async (t) => {
    const found = tagChangeFault(change)
    if (fault) t.match(found, fault)
    else t.equal(found, undefined)
  })
}
