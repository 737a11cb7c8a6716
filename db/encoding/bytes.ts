/**
 * Integers from 0 to 2^53 - 1 as LEB128: seven bits per byte, low bits first, so that typical prices, stocks
 * and durations take one to three bytes.
 */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(256)
  #length = 0

  uint(value: number): this {
    if (this.#bytes.length < this.#length + 8) this.#grow()
    let rest = value
    while (rest >= 0x80) {
      // Not by bitwise operators, which are limited to 32 bits.
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

  /** All bytes written so far; further writes do not change the returned bytes. */
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
  /** Made for the first float, because making one takes longer than reading from it. */
  #view: DataView | undefined
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
    // Bitwise as far as possible: V8 then keeps the value as a small integer, which is faster.
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (shift === 28) return this.#large(value)
      byte = this.#byte()
      value |= (byte & 0x7f) << shift
    }
    return value
  }

  /** Reads the rest of a number after its lowest 28 bits. */
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
    this.#view ??= new DataView(buffer, byteOffset)
    const value = this.#view.getFloat64(this.#offset, true)
    this.#offset += 8
    return value
  }

  /** Throws at the end: reading zeros there would turn a garbled count into an endless loop. */
  #byte(): number {
    const byte = this.#bytes[this.#offset++]
    if (byte === undefined) throw new RangeError('A number ends too soon')
    return byte
  }
}
