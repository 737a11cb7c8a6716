/** A line longer than this is none of a file of products, and is not to fill the memory. */
const LONGEST_LINE_BYTES = 1024 * 1024

const LINE_FEED = 0x0a

/** A line of a file. */
export interface Line {
  /** From 1. */
  number: number
  /** With the line break that ends it, if one does. */
  text: string
  /** Where it ends in the file. */
  bytes: number
}

/** Each line is decoded by itself, and one that begins with U+FEFF is not to lose it. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decode(bytes: Uint8Array, number: number): string {
  try {
    const text = decoder.decode(bytes)
    return number === 1 ? text.replace(/^\ufeff/, '') : text
  } catch {
    throw new Error(`Line ${number} is not in UTF-8; save the file as UTF-8 and try again`)
  }
}

function assertNotTooLong(bytes: Uint8Array, number: number): void {
  if (bytes.length > LONGEST_LINE_BYTES) throw new Error(`Line ${number} is longer than 1 MiB`)
}

function join(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length)
  whole.set(head)
  whole.set(tail, head.length)
  return whole
}

/**
 * The lines of a file in UTF-8, with or without a byte order mark; a line feed ends each. Holds no more
 * of the file than a line and a chunk. Throws at a line that is not in UTF-8 or longer than 1 MiB.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line, void> {
  let number = 1
  let bytes = 0
  function lineOf(line: Uint8Array): Line {
    assertNotTooLong(line, number)
    bytes += line.length
    return { number: number++, text: decode(line, number - 1), bytes }
  }
  let rest: Uint8Array = new Uint8Array()
  for await (const chunk of chunks) {
    const known = join(rest, chunk)
    let start = 0
    for (let end = known.indexOf(LINE_FEED); end >= 0; end = known.indexOf(LINE_FEED, start)) {
      yield lineOf(known.subarray(start, end + 1))
      start = end + 1
    }
    rest = known.subarray(start)
    assertNotTooLong(rest, number)
  }
  if (rest.length > 0) yield lineOf(rest)
}
