import type { Encoding } from './encoding.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * Finds where the lines of some bytes end, from one to the next: at LF, CR LF or CR. The bytes begin with
 * a whole code unit. Each kind of break is looked for once, however rarely it occurs.
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

  /** Where this code unit next begins; the length of the bytes where it does not. */
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
   * Where the line that begins at `start` ends; undefined where these bytes do not tell. More may follow
   * them unless they are the last.
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
