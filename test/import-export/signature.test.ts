import { gzipSync, zstdCompressSync } from 'node:zlib'
import t from 'tap'
import { recordsOf } from './helper.ts'

const bytes = (...codes: number[]) => Buffer.from([...codes, ...Buffer.alloc(600, 'x')])

const KINDS: [what: string, file: string | Buffer, message: RegExp][] = [
  [
    'an Excel workbook',
    bytes(0x50, 0x4b, 3, 4),
    /^The file is an Excel or OpenDocument workbook, or another ZIP archive\. Save/,
  ],
  ['an old Excel workbook', bytes(0xd0, 0xcf, 0x11, 0xe0), /old Excel/],
  ['gzip', gzipSync('name\na'), /gzip\. Unpack it first$/],
  ['Zstandard', zstdCompressSync('name\na'), /Zstandard/],
  ['bzip2', bytes(...Buffer.from('BZh9')), /bzip2/],
  ['xz', bytes(0xfd, ...Buffer.from('7zXZ'), 0), /xz/],
  ['7z', bytes(...Buffer.from('7z'), 0xbc, 0xaf), /7z/],
  ['a PDF', '%PDF-1.7\n', /PDF/],
  ['UTF-32', bytes(0xff, 0xfe, 0, 0), /UTF-32/],
  ['big-endian UTF-32', bytes(0, 0, 0xfe, 0xff), /UTF-32/],
  ['a page', '\n <!DOCTYPE html>\n<html>', /HTML or XML/],
  ['a table of a page, which some shops call .xls', '<table border="1"><tr>', /HTML or XML/],
  ['XML', '\ufeff<?xml version="1.0"?><rss>', /HTML or XML/],
  ['XML in UTF-16', Buffer.from('\ufeff<?xml version="1.0"?>', 'utf16le'), /HTML or XML/],
  ['a JSON array', '[\n  {"name": "a"}\n]', /JSON array\. Write one object per line instead$/],
]
for (const [what, file, message] of KINDS) {
  for (const format of ['csv', 'ndjson'] as const) {
    t.test(`${what} is not valid ${format}, and reported as such`, async (t) => {
      await t.rejects(recordsOf(file, format, { size: 7 }), { message, name: 'Error' })
    })
  }
}

t.test('what begins like another kind may still be CSV', async (t) => {
  for (const name of ['PK', 'BZ', '<b>', 'html', '7z', '[]']) {
    const { records } = await recordsOf(`${name},name\n1,a`, 'csv')
    t.match(records, [{ input: { name: 'a' } }])
  }
})
