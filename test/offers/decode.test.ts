import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'
import t from 'tap'
import { decode } from '../../offers/decode.ts'

const TEXT = JSON.stringify([{ id: 'a', price: 1000, items_in_stock: 5 }])
const LIMIT = 1000

const decodable: [name: string, codings: string, body: Buffer][] = [
  ['gzip', 'gzip', gzipSync(TEXT)],
  ['gzip by its old name', 'x-gzip', gzipSync(TEXT)],
  ['gzip in capitals', 'GZip', gzipSync(TEXT)],
  [
    'gzip of several members',
    'gzip',
    Buffer.concat([gzipSync(TEXT.slice(0, 9)), gzipSync(TEXT.slice(9))]),
  ],
  ['deflate as zlib has it', 'deflate', deflateSync(TEXT)],
  ['deflate without the zlib format', 'deflate', deflateRawSync(TEXT)],
  ['br', 'br', brotliCompressSync(TEXT)],
  ['two codings', 'gzip, br', brotliCompressSync(gzipSync(TEXT))],
  ['no coding', 'identity', Buffer.from(TEXT)],
  ['an empty header', ' , ', Buffer.from(TEXT)],
]
for (const [name, codings, body] of decodable) {
  t.test(`a body with ${name} is decoded`, async (t) => {
    t.equal((await decode(body, codings, LIMIT)).toString(), TEXT)
  })
}

const BOMB = Buffer.alloc(LIMIT + 1)
const refused: [name: string, codings: string, body: Buffer, message: RegExp][] = [
  ['zstd', 'zstd', zstdCompressSync(TEXT), /has the Content-Encoding "zstd"; only gzip, deflate/],
  ['an unknown coding', 'Rot13', Buffer.from(TEXT), /has the Content-Encoding "rot13"; only gzip/],
  ['an unknown coding below one', 'zstd, gzip', gzipSync(TEXT), /has the Content-Encoding "zstd"/],
  ['a long name of a coding', 'x'.repeat(1000), Buffer.from(TEXT), /"x{40}"/],
  ['gzip that is cut off', 'gzip', gzipSync(TEXT).subarray(0, 30), /gzip, but is not gzip \(unexp/],
  ['br that is cut off', 'br', brotliCompressSync(TEXT).subarray(0, 9), /br, but is not br \(/],
  [
    'deflate that is cut off',
    'deflate',
    deflateRawSync(TEXT).subarray(0, 9),
    /deflate, but is not/,
  ],
  ['plain text as gzip', 'gzip', Buffer.from(TEXT), /gzip, but is not gzip \(incorrect header/],
  ['plain text as br', 'br', Buffer.from(TEXT), /br, but is not br \(/],
  ['plain text as deflate', 'deflate', Buffer.from(TEXT), /deflate, but is not deflate \(/],
  ['one byte as deflate', 'deflate', Buffer.from('x'), /deflate, but is not deflate \(/],
  ['a bomb of gzip', 'gzip', gzipSync(BOMB), /larger than 1000 bytes once decoded \(gzip\)/],
  ['a bomb of deflate', 'deflate', deflateSync(BOMB), /larger than 1000 bytes once decoded/],
  ['a bomb of br', 'br', brotliCompressSync(BOMB), /larger than 1000 bytes once decoded \(br\)/],
  [
    'a bomb of several members',
    'gzip',
    Buffer.concat([gzipSync(BOMB.subarray(9)), gzipSync(BOMB.subarray(9))]),
    /larger than 1000 bytes/,
  ],
  ['a bomb within another', 'gzip, gzip', gzipSync(gzipSync(BOMB)), /larger than 1000 bytes/],
  ['too many codings', 'gzip,'.repeat(5), gzipSync(TEXT), /compressed 5 times over/],
]
for (const [name, codings, body, message] of refused) {
  t.test(`a body with ${name} is refused with the reason`, async (t) => {
    await t.rejects(decode(body, codings, LIMIT), { message })
  })
}
