import { FileFault } from './fault.ts'

const UNPACK = 'Unpack it first'

/** The first bytes of files of other kinds, and the message for each. */
const SIGNATURES: [bytes: number[], message: string][] = [
  [
    [0x50, 0x4b, 0x03, 0x04],
    'The file is an Excel or OpenDocument workbook, or another ZIP archive. Save the sheet as CSV, or unpack the archive',
  ],
  [
    [0xd0, 0xcf, 0x11, 0xe0],
    'The file is an old Excel workbook (.xls). Save the sheet as CSV first',
  ],
  [[0x1f, 0x8b], `The file is compressed with gzip. ${UNPACK}`],
  [[0x28, 0xb5, 0x2f, 0xfd], `The file is compressed with Zstandard. ${UNPACK}`],
  [[0x42, 0x5a, 0x68], `The file is compressed with bzip2. ${UNPACK}`],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], `The file is compressed with xz. ${UNPACK}`],
  [[0x37, 0x7a, 0xbc, 0xaf], `The file is a 7z archive. ${UNPACK}`],
  [[0x25, 0x50, 0x44, 0x46, 0x2d], 'The file is a PDF document, not CSV or NDJSON'],
  [[0xff, 0xfe, 0x00, 0x00], 'The file is UTF-32. Save it as UTF-8 first'],
  [[0x00, 0x00, 0xfe, 0xff], 'The file is UTF-32. Save it as UTF-8 first'],
]

/** The beginning of an HTML or XML document. */
const MARKUP = /^\s*<(!doctype|html|head|body|table|\?xml|rss|feed)\b/i

/** The beginning of a JSON array of objects, on one line or several. */
const ARRAY = /^\s*\[\s*\{/

/** The number of bytes that reveal the kind of a file. */
export const SIGNATURE_BYTES = 512

/** Throws if the beginning of a file, as bytes and as text, shows a kind that cannot be imported. */
export function assertText(head: Uint8Array, text: string): void {
  for (const [bytes, message] of SIGNATURES) {
    if (bytes.every((byte, index) => head[index] === byte)) throw new FileFault(message)
  }
  if (MARKUP.test(text)) {
    throw new FileFault('The file is an HTML or XML document, not CSV or NDJSON')
  }
  if (ARRAY.test(text))
    throw new FileFault('The file is a JSON array. Write one object per line instead')
}
