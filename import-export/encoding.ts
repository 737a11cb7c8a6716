/** How to decode the bytes of a file. */
export interface Encoding {
  /** Decodes whole lines. Keeps U+FEFF, and throws for bytes that are invalid in this encoding. */
  decoder: TextDecoder
  /** The number of bytes in a code unit. */
  unit: 1 | 2
  /** The index of the low byte within a code unit. */
  low: 0 | 1
}

const MARKS: [bytes: number[], label: string][] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
]

/** The encoding that a byte order mark names. */
function marked(head: Uint8Array): string | undefined {
  return MARKS.find(([bytes]) => bytes.every((byte, index) => head[index] === byte))?.[1]
}

/** Detects UTF-16 without a byte order mark by its zero bytes, if the first two characters are ASCII. */
function unmarked(head: Uint8Array): string | undefined {
  const zeros = [0, 1, 2, 3].filter((index) => head[index] === 0).join()
  if (head.length < 4) return undefined
  return { '1,3': 'utf-16le', '0,2': 'utf-16be' }[zeros]
}

/** The standard name of an encoding, such as `windows-1252` for `latin1`; undefined if there is no such encoding. */
export function encodingNamed(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding
  } catch {
    return undefined
  }
}

/**
 * The encoding of a file that begins with `head`: the one of its byte order mark, or else of `label`, or else
 * UTF-16 if it looks like that, or else UTF-8.
 */
export function encodingOf(head: Uint8Array, label: string | undefined): Encoding {
  const name = marked(head) ?? label ?? unmarked(head) ?? 'utf-8'
  const decoder = new TextDecoder(name, { fatal: true, ignoreBOM: true })
  const unit = decoder.encoding.startsWith('utf-16') ? 2 : 1
  return { decoder, unit, low: decoder.encoding === 'utf-16be' ? 1 : 0 }
}
