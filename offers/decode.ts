import { promisify } from 'node:util'
import zlib from 'node:zlib'

type Decoder = (body: Buffer, options: zlib.ZlibOptions) => Promise<Buffer>

const inflate = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate)
const inflateRaw = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw)
const gunzip: Decoder = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip)

/** `deflate` means the zlib format, but some services send raw deflate data (RFC 9110, section 8.4.1.2). */
const inflateEither: Decoder = (body, options) => {
  const isZlib =
    body.length > 1 && (body.readUInt8() & 0x0f) === 8 && body.readUInt16BE() % 31 === 0
  return isZlib ? inflate(body, options) : inflateRaw(body, options)
}

const DECODERS = new Map<string, Decoder>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflateEither],
  ['br', promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress)],
  ['identity', async (body) => body],
])

/** The maximum number of stacked content codings; a legitimate answer has one. */
const MAX_CODINGS = 4

/**
 * Decodes the body of an answer by its `Content-Encoding`, the last coding first. The result of each step
 * is limited to `maxBytes`. Rejects with an error whose message says why decoding failed.
 */
export async function decode(body: Buffer, codings: string, maxBytes: number): Promise<Buffer> {
  const names = codings
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (names.length > MAX_CODINGS) {
    throw new Error(`The answer is compressed ${names.length} times over`)
  }
  let decoded = body
  for (const name of names.reverse()) decoded = await decodeOne(decoded, name, maxBytes)
  return decoded
}

async function decodeOne(body: Buffer, name: string, maxBytes: number): Promise<Buffer> {
  const decoder = DECODERS.get(name)
  if (!decoder) {
    const shown = JSON.stringify(name.slice(0, 40))
    throw new Error(
      `The answer has the Content-Encoding ${shown}; only gzip, deflate and br can be decoded`,
    )
  }
  return decoder(body, { maxOutputLength: maxBytes }).catch((error: Error) => {
    if (error instanceof RangeError) {
      throw new Error(`The answer is larger than ${maxBytes} bytes once decoded (${name})`)
    }
    throw new Error(
      `The answer has the Content-Encoding ${name}, but is not ${name} (${error.message})`,
    )
  })
}
