import type { Encoding } from './encoding.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * Finds the ends of successive lines in some bytes, which begin with a whole code unit. Lines end with LF, CR LF
 * or CR. It searches the bytes only once for each kind of break, even if one is rare.
 */
export class LineBreaks {
  readonly #bytes: Uint8Array
  readonly #encoding: Encoding
  #feed = -1
  #return = -1

  constructor(bytes: Uint8Array, encoding: Encoding) {
    this.#bytes = bytes
    this.#encoding = encoding
  }

  /** The index of the next occurrence of this code unit; the length of the bytes if there is none. */
  #find(code: number, from: number): number {
    const bytes = this.#bytes
    const { unit, low } = this.#encoding
    for (let at = bytes.indexOf(code, from); at >= 0; at = bytes.indexOf(code, at + 1)) {
      if (unit === 1) return at
      if (at % 2 === low && bytes[at + 1 - 2 * low] === 0) return at - low
    }
    return bytes.length
  }

  /**
   * The end of the line that begins at `start`; undefined if it is not within these bytes, or not certain yet.
   * `last` says that no more bytes follow.
   */
  endOf(start: number, last: boolean): number | undefined {
    const { length } = this.#bytes
    const { unit } = this.#encoding
    if (this.#feed < start) this.#feed = this.#find(LINE_FEED, start)
    if (this.#return < start) this.#return = this.#find(CARRIAGE_RETURN, start)
    if (this.#feed < this.#return) return this.#feed + unit
    const end = this.#return + unit
    if (this.#return === length || (end + unit > length && !last)) return undefined
    return this.#feed === end && end < length ? end + unit : end
  }
}
