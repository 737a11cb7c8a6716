const rotateLeft = (word: number, bits: number) => (word << bits) | (word >>> (32 - bits))

/**
 * Mixes an integer into a 32-bit hash: one body round and the finalizer (`fmix32`) of MurmurHash3.
 * The constants are Austin Appleby's, public domain:
 * https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */
export function mix(hash: number, value: number): number {
  let block = Math.imul(value, 0xcc9e2d51)
  block = Math.imul(rotateLeft(block, 15), 0x1b873593)
  let mixed = (Math.imul(rotateLeft(hash ^ block, 13), 5) + 0xe6546b64) | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** Mixes a text into a 32-bit hash, UTF-16 code unit by code unit. */
export function mixText(hash: number, text: string): number {
  let mixed = mix(hash, text.length)
  for (let index = 0; index < text.length; index++) mixed = mix(mixed, text.charCodeAt(index))
  return mixed
}

/** A fraction from 0 (inclusive) to 1 (exclusive) that depends on both integers. */
export function fraction(hash: number, value: number): number {
  return mix(hash, value) / 2 ** 32
}
