import { FileFault } from './fault.ts'

const UNPACK = 'Unpack it first'

/** Bytes that open files of other kinds, and what is to be said of those. */
const SIGNATURES: [bytes: number[], message: string][] = [
  [
    [0x50, 0x4b, 0x03, 0x04],
    'The file is an Excel or OpenDocument workbook, or another ZIP archive. Save its sheet as CSV, or unpack it first',
  ],
  [
    [0xd0, 0xcf, 0x11, 0xe0],
    'The file is a workbook of an older Excel (.xls). Save its sheet as CSV first',
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

/** How a page or an XML document begins. */
const MARKUP = /^\s*<(!doctype|html|head|body|table|\?xml|rss|feed)\b/i

/** A JSON array of objects over several lines, or one that is a single line. */
const ARRAY = /^\s*\[\s*\{/

/** How many bytes of a file are enough to tell its kind. */
export const SIGNATURE_BYTES = 512

/** Throws where a file that begins so, in bytes and as text, is of a kind that cannot be imported. */
export function assertText(head: Uint8Array, text: string): void {
  for (const [bytes, message] of SIGNATURES) {
    if (bytes.every((byte, index) => head[index] === byte)) throw new FileFault(message)
  }
  if (MARKUP.test(text)) {
    throw new FileFault('The file is an HTML or XML document, not CSV or NDJSON')
  }
  if (ARRAY.test(text))
    throw new FileFault('The file is a JSON array. Write an object in each line')
}
