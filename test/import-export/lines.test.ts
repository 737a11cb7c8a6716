import t from 'tap'
import { readLines } from '../../import-export/lines.ts'
import { all, chunksOf } from './helper.ts'

const MEBIBYTE = 1024 * 1024

const FILES: [what: string, file: string, texts: string[]][] = [
  ['nothing', '', []],
  ['a line without an end', 'a', ['a']],
  ['a line with an end', 'a\n', ['a\n']],
  ['an empty line', '\n', ['\n']],
  ['lines', 'a\nbc\n', ['a\n', 'bc\n']],
  ['line ends of Windows', 'a\r\n\r\nb', ['a\r\n', '\r\n', 'b']],
  ['a carriage return, which ends no line', 'a\rb\n', ['a\rb\n']],
  ['characters of two to four bytes', 'č\n€\n🛒\n', ['č\n', '€\n', '🛒\n']],
  ['a byte order mark', '\ufeffa\nb', ['a\n', 'b']],
  ['nothing but a byte order mark', '\ufeff', ['']],
  ['U+FEFF further on', 'a\n\ufeffb', ['a\n', '\ufeffb']],
]
for (const [what, file, texts] of FILES) {
  t.test(`the lines of ${what}`, async (t) => {
    for (const size of [1, 2, 3, 5, undefined]) {
      const lines = await all(readLines(chunksOf(file, size)))
      t.strictSame(
        lines.map(({ text }) => text),
        texts,
        `in chunks of ${size}`,
      )
      t.strictSame(
        lines.map(({ number }) => number),
        texts.map((_, index) => index + 1),
      )
    }
  })
}

t.test('it is told where lines end in the file', async (t) => {
  const lines = await all(readLines(chunksOf('\ufeffa\r\nč\n\nb', 2)))
  t.strictSame(
    lines.map(({ bytes }) => bytes),
    [6, 9, 10, 11],
  )
})

const FOREIGN: [what: string, bytes: number[]][] = [
  ['ISO 8859-1', [...Buffer.from('name\na\nfür\n', 'latin1')]],
  ['a character cut off by the end of its line', [0x61, 0x0a, 0x62, 0x0a, 0xc5, 0x0a]],
  ['a character cut off by the end of the file', [0x61, 0x0a, 0x62, 0x0a, 0xe2, 0x82]],
  ['a surrogate', [0x61, 0x0a, 0x62, 0x0a, 0xed, 0xa0, 0x80, 0x0a]],
]
for (const [what, bytes] of FOREIGN) {
  t.test(`${what} is not UTF-8`, async (t) => {
    const texts: string[] = []
    const reading = (async () => {
      for await (const { text } of readLines(chunksOf(Uint8Array.from(bytes)))) texts.push(text)
    })()
    await t.rejects(reading, {
      message: 'Line 3 is not in UTF-8; save the file as UTF-8 and try again',
    })
    t.equal(texts.length, 2, 'what is before it is read')
  })
}

t.test('UTF-16 is not UTF-8', async (t) => {
  const file = Buffer.from('\ufeffname\n', 'utf16le')
  await t.rejects(all(readLines(chunksOf(file))), { message: /^Line 1 is not in UTF-8/ })
})

t.test('a line may have 1 MiB and no more', async (t) => {
  for (const size of [100_000, undefined]) {
    const longest = `${'x'.repeat(MEBIBYTE - 1)}\n`
    t.equal((await all(readLines(chunksOf(longest, size)))).length, 1)
    const longer = `a\nx${longest}b\n`
    await t.rejects(all(readLines(chunksOf(longer, size))), {
      message: 'Line 2 is longer than 1 MiB',
    })
  }
})

t.test('a line that never ends is not read to its end', async (t) => {
  let given = 0
  async function* endless() {
    for (;;) {
      given += 1
      yield new Uint8Array(100_000)
    }
  }
  await t.rejects(all(readLines(endless())), { message: 'Line 1 is longer than 1 MiB' })
  t.equal(given, 11)
})
