import { type Encoding, encodingOf } from './encoding.ts'
import { FileFault } from './fault.ts'
import { LineBreaks } from './line-breaks.ts'
import { assertText, SIGNATURE_BYTES } from './signature.ts'

/** A longer line is not kept, so that it does not fill the memory. */
const LONGEST_LINE_BYTES = 1024 * 1024

/** A line of a file. */
export interface Line {
  /** From 1. */
  number: number
  /** With the line break that ends it, if one does; undefined where it is longer than 1 MiB. */
  text: string | undefined
  /** Where it ends in the file. */
  bytes: number
}

function join(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length)
  whole.set(head)
  whole.set(tail, head.length)
  return whole
}

/** Whether a line says nothing: it has blanks at most, and what divides cells. */
export const isBlank = ({ text }: Line) => text !== undefined && /^[\s,;|]*$/.test(text)

/** Throws for a first line: a file without line breaks is none of products, and is not read to its end. */
function isTooLong(length: number, number: number): boolean {
  if (length <= LONGEST_LINE_BYTES) return false
  if (number === 1) throw new FileFault('The first line is longer than 1 MiB')
  return true
}

/** Takes the bytes of a file, and gives its lines. */
class LineReader {
  readonly #encoding: Encoding
  #number = 1
  #bytes = 0
  /** The beginning of a line whose end is not known yet, or the last of it. */
  #rest: Uint8Array = new Uint8Array()
  /** How many bytes of that line, before the rest, were not kept. */
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

  /** Each line is decoded by itself, and one that begins with U+FEFF is not to lose it. */
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

  /** Keeps of a line that is too long what may be the beginning of its end. */
  #drop(): void {
    const { length } = this.#rest
    if (!isTooLong(length, this.#number)) return
    const kept = 4 + (length % 2)
    this.#dropped += length - kept
    this.#rest = this.#rest.slice(-kept)
  }
}

/**
 * The lines of a file, which end with LF, CR LF or CR, in the encoding that its byte order mark tells, or
 * in the one of this name, or in UTF-8. Holds no more of the file than a line and a chunk. Throws a
 * `FileFault` at a line in another encoding, and where the file is of a kind that is not text.
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
  const how = encodingOf(head, encoding)
  assertText(head, new TextDecoder(how.decoder.encoding).decode(head))
  return new LineReader(how)
}
