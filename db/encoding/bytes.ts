/**
 * Integers from 0 to 2^53 - 1 as LEB128: seven bits a byte, the low ones first, so that the small
 * figures which prices, stocks and spans of time mostly are take one to three bytes.
 */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(256)
  #length = 0

  uint(value: number): this {
    if (this.#bytes.length < this.#length + 8) this.#grow()
    let rest = value
    while (rest >= 0x80) {
      // Not by bits: those of a number in JavaScript end at 32.
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
    return this
  }

  float(value: number): this {
    if (this.#bytes.length < this.#length + 8) this.#grow()
    this.#length = this.#bytes.writeDoubleLE(value, this.#length)
    return this
  }

  /** All that was written; the writer can go on, and what it gave stays as it is. */
  bytes(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length))
  }

  #grow(): void {
    this.#bytes = Buffer.concat([this.#bytes], this.#bytes.length * 2)
  }
}

/** Reads what `ByteWriter` wrote, in the same order. Throws a `RangeError` at the end of the bytes. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.#offset >= this.#bytes.length
  }

  uint(): number {
    let byte = this.#byte()
    let value = byte & 0x7f
    // By bits as far as they go: so it stays an integer to V8, which is faster for all that reads it.
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (shift === 28) return this.#large(value)
      byte = this.#byte()
      value |= (byte & 0x7f) << shift
    }
    return value
  }

  /** The rest of a number whose lowest 28 bits were read. */
  #large(low: number): number {
    let value = low
    let scale = 2 ** 28
    let byte: number
    do {
      byte = this.#byte()
      value += (byte & 0x7f) * scale
      scale *= 0x80
    } while (byte >= 0x80)
    return value
  }

  float(): number {
    if (this.#offset + 8 > this.#bytes.length) throw new RangeError('A number ends too soon')
    const { buffer, byteOffset } = this.#bytes
    const value = new DataView(buffer, byteOffset + this.#offset, 8).getFloat64(0, true)
    this.#offset += 8
    return value
  }

  /** Zeros in place of what is missing would make a garbled count a loop without an end. */
  #byte(): number {
    const byte = this.#bytes[this.#offset++]
    if (byte === undefined) throw new RangeError('A number ends too soon')
    return byte
  }
}
