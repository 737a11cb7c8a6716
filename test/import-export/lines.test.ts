import t from 'tap'
import { readLines } from '../../import-export/lines.ts'
import { all, chunksOf } from './helper.ts'

const MEBIBYTE = 1024 * 1024

/** Characters whose codes have the bytes of line breaks among them. */
const TEXT = 'name\nSekačka 🛒\r\nऊഊ\u0d0d\r\r\n\u0a0a\u0a0d\nlast'

const FILES: [what: string, file: string, texts: string[]][] = [
  ['nothing', '', []],
  ['a line without an end', 'a', ['a']],
  ['a line with an end', 'a\n', ['a\n']],
  ['an empty line', '\n', ['\n']],
  ['lines', 'a\nbc\n', ['a\n', 'bc\n']],
  ['line ends of Windows', 'a\r\n\r\nb', ['a\r\n', '\r\n', 'b']],
  ['line ends of an old Mac', 'a\rb\r\rc', ['a\r', 'b\r', '\r', 'c']],
  ['line ends of all kinds', 'a\r\n\rb\n\r\nc\r', ['a\r\n', '\r', 'b\n', '\r\n', 'c\r']],
  ['a carriage return too many', 'a\r\r\nb', ['a\r', '\r\n', 'b']],
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

t.test('it knows where lines end in the file', async (t) => {
  const lines = await all(readLines(chunksOf('\ufeffa\r\nč\n\nb', 2)))
  t.strictSame(
    lines.map(({ bytes }) => bytes),
    [6, 9, 10, 11],
  )
})

const ENCODINGS: [encoding: string, bytes: Uint8Array, label?: string][] = [
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${TEXT}`)],
  ['UTF-16 with a byte order mark', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
  [
    'UTF-16 with a byte order mark, whatever else is said',
    Buffer.from(`\ufeff${TEXT}`, 'utf16le'),
    'utf-8',
  ],
  [
    'big-endian UTF-16 with a byte order mark',
    Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16(),
    'utf-16',
  ],
  ['UTF-16 without a byte order mark', Buffer.from(TEXT, 'utf16le')],
  ['big-endian UTF-16 without a byte order mark', Buffer.from(TEXT, 'utf16le').swap16()],
  ['UTF-16, as it is said', Buffer.from(TEXT, 'utf16le'), 'utf-16le'],
]
for (const [encoding, bytes, label] of ENCODINGS) {
  t.test(`lines in ${encoding}`, async (t) => {
    for (const size of [1, 3, 4, undefined]) {
      const lines = await all(readLines(chunksOf(bytes, size), label))
      t.equal(lines.map(({ text }) => text).join(''), TEXT)
      t.equal(lines.length, 6)
      t.equal(lines.at(-1)?.bytes, bytes.length)
    }
  })
}

const PAGES: [label: string, bytes: number[], text: string][] = [
  ['windows-1250', [0xe8, 0xe1, 0x8a, 0x0d, 0x0a, 0x9e], 'čáŠ\r\nž'],
  ['windows-1252', [0x80, 0xfc, 0x99, 0x0d, 0x0a, 0x9e], '€ü™\r\nž'],
  ['latin1', [0x93, 0xe9, 0x0a], '“é\n'],
  ['shift_jis', [0x83, 0x5c, 0x0a, 0x41], 'ソ\nA'],
]
for (const [label, bytes, text] of PAGES) {
  t.test(`lines in ${label}`, async (t) => {
    const lines = await all(readLines(chunksOf(Uint8Array.from(bytes)), label))
    t.equal(lines.map(({ text }) => text).join(''), text)
  })
}

const FOREIGN: [what: string, bytes: number[]][] = [
  ['ISO 8859-1', [...Buffer.from('name\na\nfür\n', 'latin1')]],
  ['a character cut off by the end of its line', [0x61, 0x0a, 0x62, 0x0a, 0xc5, 0x0a]],
  ['a character cut off by the end of the file', [0x61, 0x0a, 0x62, 0x0a, 0xe2, 0x82]],
  ['a surrogate', [0x61, 0x0a, 0x62, 0x0a, 0xed, 0xa0, 0x80, 0x0a]],
]
for (const [what, bytes] of FOREIGN) {
  t.test(`${what} is not UTF-8`, async (t) => {
    const texts: unknown[] = []
    const reading = (async () => {
      for await (const { text } of readLines(chunksOf(Uint8Array.from(bytes)))) texts.push(text)
    })()
    await t.rejects(reading, {
      name: 'Error',
      message: 'Line 3 is not valid UTF-8',
      remedy: 'encoding',
    })
    t.equal(texts.length, 2, 'what is before it is read')
  })
}

t.test('an unpaired surrogate is not UTF-16', async (t) => {
  const file = Buffer.from('\ufeffname\n\ud800\n', 'utf16le')
  await t.rejects(all(readLines(chunksOf(file))), { message: 'Line 2 is not valid UTF-16LE' })
})

t.test('a line of more than 1 MiB is passed over', async (t) => {
  const longest = `${'x'.repeat(MEBIBYTE - 1)}\n`
  for (const end of ['\n', '\r\n', '\r']) {
    const file = `a${end}x${longest.trimEnd()}${end}${longest}b`
    for (const size of [100_000, 65_537, undefined]) {
      const lines = await all(readLines(chunksOf(file, size)))
      t.strictSame(
        lines.map(({ text }) => text?.length),
        [1 + end.length, undefined, MEBIBYTE, 1],
      )
      t.equal(lines.at(-1)?.bytes, file.length)
    }
  }
})

t.test('the same in UTF-16', async (t) => {
  const file = Buffer.from(`\ufeffa\n${'x'.repeat(MEBIBYTE)}\r\nb`, 'utf16le')
  const lines = await all(readLines(chunksOf(file, 65_535)))
  t.strictSame(
    lines.map(({ text }) => text),
    ['a\n', undefined, 'b'],
  )
})

t.test('a first line that never ends is not read to its end', async (t) => {
  let given = 0
  async function* endless() {
    for (;;) {
      given += 1
      yield new Uint8Array(100_000)
    }
  }
  await t.rejects(all(readLines(endless())), { message: 'The first line is longer than 1 MiB' })
  t.equal(given, 11)
  const whole = chunksOf('x'.repeat(MEBIBYTE + 1))
  await t.rejects(all(readLines(whole)), { message: 'The first line is longer than 1 MiB' })
})
