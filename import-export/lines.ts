import { type Encoding, encodingOf } from './encoding.ts'
import { FileFault } from './fault.ts'
import { LineBreaks } from './line-breaks.ts'
import { assertText, SIGNATURE_BYTES } from './signature.ts'

/** Longer lines are not kept, which bounds the memory that a line takes. */
const MAX_LINE_BYTES = 1024 * 1024

/** A line of a file. */
export interface Line {
  /** Counted from 1. */
  number: number
  /** The text with its line break, if it has one; undefined if it is longer than 1 MiB. */
  text: string | undefined
  /** The offset of its end in the file. */
  bytes: number
}

function join(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length)
  whole.set(head)
  whole.set(tail, head.length)
  return whole
}

/** Whether a line has no content: only whitespace and delimiters. */
export const isBlank = ({ text }: Line) => text !== undefined && /^[\s,;|]*$/.test(text)

/** Throws for the first line: a file without line breaks cannot hold products, so reading it all is pointless. */
function isTooLong(length: number, number: number): boolean {
  if (length <= MAX_LINE_BYTES) return false
  if (number === 1) throw new FileFault('The first line is longer than 1 MiB')
  return true
}

/** Splits the bytes of a file into lines. */
class LineReader {
  readonly #encoding: Encoding
  #number = 1
  #bytes = 0
  /** The bytes of a line whose end is not known yet; only the last ones if the line is too long. */
  #rest: Uint8Array = new Uint8Array()
  /** The number of bytes of that line that were dropped before them. */
  #dropped = 0

  constructor(encoding: Encoding) {
    this.#encoding = encoding
  }

  *read(chunk: Uint8Array, last: boolean): Generator<Line, void> {
    const known = join(this.#rest, chunk)
    const breaks = new LineBreaks(known, this.#encoding)
    let start = 0
    for (let end = breaks.endOf(0, last); end !== undefined; end = breaks.endOf(start, last)) {
      yield this.#lineOf(known.subarray(start, end))
      start = end
    }
    this.#rest = known.subarray(start)
    if (last && this.#rest.length > 0) yield this.#lineOf(this.#rest)
    this.#drop()
  }

  #lineOf(line: Uint8Array): Line {
    const number = this.#number++
    const length = this.#dropped + line.length
    this.#bytes += length
    this.#dropped = 0
    const text = isTooLong(length, number) ? undefined : this.#decode(line, number)
    return { number, text, bytes: this.#bytes }
  }

  /** Decodes one line. Only the first line loses a leading U+FEFF, which is the byte order mark. */
  #decode(line: Uint8Array, number: number): string {
    const { decoder } = this.#encoding
    try {
      const text = decoder.decode(line)
      return number === 1 ? text.replace(/^\ufeff/, '') : text
    } catch {
      const name = decoder.encoding.toUpperCase()
      throw new FileFault(`Line ${number} is not valid ${name}`, 'encoding')
    }
  }

  /** Drops the bytes of a line that is too long, except those that may begin its line break. */
  #drop(): void {
    const { length } = this.#rest
    if (!isTooLong(length, this.#number)) return
    const kept = 4 + (length % 2)
    this.#dropped += length - kept
    this.#rest = this.#rest.slice(-kept)
  }
}

/**
 * Reads the lines of a file, which end with LF, CR LF or CR. The encoding is that of the byte order mark, or else
 * the given one, or else UTF-8. It holds at most one line and one chunk of the file in memory. Throws a `FileFault`
 * for a line that is invalid in the encoding, and for files that are not text.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  encoding?: string,
): AsyncGenerator<Line, void> {
  let head: Uint8Array = new Uint8Array()
  let reader: LineReader | undefined
  for await (const chunk of chunks) {
    if (reader) yield* reader.read(chunk, false)
    else head = join(head, chunk)
    if (reader || head.length < SIGNATURE_BYTES) continue
    reader = readerOf(head, encoding)
    yield* reader.read(head, false)
  }
  if (reader) yield* reader.read(new Uint8Array(), true)
  else yield* readerOf(head, encoding).read(head, true)
}

function readerOf(head: Uint8Array, encoding: string | undefined): LineReader {
  const detected = encodingOf(head, encoding)
  assertText(head, new TextDecoder(detected.decoder.encoding).decode(head))
  return new LineReader(detected)
}
