import { mix } from './hash.ts'

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Four hexadecimal digits of the lower 16 bits. */
const hex16 = (bits: number) => `${HEX[(bits >>> 8) & 0xff]}${HEX[bits & 0xff]}`

/** An offer id of the second generation: a version 4 UUID made of two 32-bit hashes of the offer. */
export function uuidId(offer: number, twin: number): string {
  const [a, b, c, d] = [mix(offer, 1), mix(offer, 2), mix(twin, 1), mix(twin, 2)]
  const version = hex16((b & 0x0fff) | 0x4000)
  const variant = hex16((c & 0x3fff) | 0x8000)
  return `${hex16(a >>> 16)}${hex16(a)}-${hex16(b >>> 16)}-${version}-${variant}-${hex16(c >>> 16)}${hex16(d >>> 16)}${hex16(d)}`
}

/**
 * An offer id of the first generation: a safe integer, unique for 2³⁰ rounds of each of up to 32
 * slots of a product. Two products may, rarely, share one: 18 bits tell products apart.
 */
export function integerId(product: number, slot: number, round: number): number {
  return (product >>> 14) * 2 ** 35 + (round % 2 ** 30) * 32 + slot
}
