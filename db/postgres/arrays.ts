/**
 * Arrays in PostgreSQL's binary format. The driver sends arrays as text, in which it quotes and escapes each element
 * and writes bytes in hexadecimal; the server then undoes that.
 */

/** The type of the elements, by its number in the server's catalogue. */
const BYTEA = 17
const TEXT = 25

const HEADER_BYTES = 20
const EMPTY_HEADER_BYTES = 12

/** The length of an element in bytes; the format has -1 for null. */
const sizeOf = (element: string | Buffer | null) =>
  element === null ? -1 : Buffer.byteLength(element)

function binaryArray<Element extends string | Buffer>(
  type: number,
  elements: readonly (Element | null)[],
): Buffer {
  if (elements.length === 0) {
    const empty = Buffer.alloc(EMPTY_HEADER_BYTES)
    empty.writeInt32BE(type, 8)
    return empty
  }
  const sizes = elements.map(sizeOf)
  const size = sizes.reduce((sum, bytes) => sum + 4 + Math.max(0, bytes), HEADER_BYTES)
  const array = Buffer.allocUnsafe(size)
  // One dimension, whether there are nulls, the type, and then how many elements there are, from 1 on.
  const header = [1, sizes.includes(-1) ? 1 : 0, type, sizes.length, 1]
  let at = 0
  for (const word of header) at = array.writeInt32BE(word, at)
  for (const element of elements) {
    at = array.writeInt32BE(sizeOf(element), at)
    if (typeof element === 'string') at += array.write(element, at)
    else if (element) at += element.copy(array, at)
  }
  return array
}

export const textArray = (texts: readonly (string | null)[]) => binaryArray(TEXT, texts)

export const byteaArray = (bytes: readonly (Buffer | null)[]) => binaryArray(BYTEA, bytes)
