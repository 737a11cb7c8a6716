import type { PastPrice, PastPrices } from '../../history/lowest-prior.ts'
import { ByteReader, ByteWriter } from './bytes.ts'

/**
 * Encodes past prices as hexadecimal bytes, because they are part of a JSON text. Hours and prices both rise,
 * so each is stored as the difference from the previous one.
 */
export function encodePastPrices(past: PastPrices): string {
  const out = new ByteWriter()
  let before: PastPrice = { hour: 0, price: 0 }
  for (const next of past) {
    out.uint(next.hour - before.hour).uint(next.price - before.price)
    before = next
  }
  return out.bytes().toString('hex')
}

export function decodePastPrices(text: string): PastPrice[] {
  const input = new ByteReader(Buffer.from(text, 'hex'))
  const past: PastPrice[] = []
  let { hour, price } = { hour: 0, price: 0 }
  while (!input.done) {
    hour += input.uint()
    price += input.uint()
    past.push({ hour, price })
  }
  return past
}
