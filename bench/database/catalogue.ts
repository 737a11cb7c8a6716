import { DAY_MS } from '../../history/time.ts'
import { mix } from '../../simulator/hash.ts'

/** A product as a client created it. */
export interface CatalogueProduct {
  /** Counts from 1, in order of creation. */
  key: number
  id: string
  name: string
  description: string
  createdAt: number
  registeredAt: number
}

/** The age of the first product, and the time between two creations, in ms. */
const CREATED_AGO_MS = 31 * DAY_MS
const CREATED_EVERY_MS = 20
const REGISTERED_AFTER_MS = 1_000

const KINDS = [
  'Robotic',
  'Cordless',
  'Folding',
  'Stainless',
  'Compact',
  'Electric',
  'Quiet',
  'Solar',
]
const THINGS = [
  ...['lawn mower', 'hedge trimmer', 'coffee maker', 'desk lamp', 'garden hose', 'bicycle pump'],
  ...['vacuum cleaner', 'kitchen scale', 'camping stove', 'water filter', 'alarm clock', 'drill'],
]
const USES = ['small gardens', 'the whole family', 'daily use', 'narrow rooms', 'long journeys']
const MERITS = ['two years of warranty', 'a spare battery', 'very little noise', 'a steel case']

const pick = (list: string[], hash: number) => list[hash % list.length] ?? ''
const hex8 = (bits: number) => bits.toString(16).padStart(8, '0')

/** A version 7 UUID (RFC 9562, section 5.7) whose random part comes from a hash. */
function uuidV7(at: number, hash: number): string {
  const time = at.toString(16).padStart(12, '0')
  const [a, b, c] = [hex8(mix(hash, 1)), hex8(mix(hash, 2)), hex8(mix(hash, 3))]
  const variant = '89ab'[hash & 3]
  return `${time.slice(0, 8)}-${time.slice(8)}-7${a.slice(0, 3)}-${variant}${a.slice(3, 6)}-${b}${c.slice(0, 4)}`
}

/** The product with this key, in a catalogue as of `now`. */
export function catalogueProduct(key: number, now: number): CatalogueProduct {
  const hash = mix(7, key)
  const thing = pick(THINGS, mix(hash, 4))
  const name = `${pick(KINDS, mix(hash, 5))} ${thing} ${1000 + (mix(hash, 6) % 9000)}`
  const createdAt = now - CREATED_AGO_MS + key * CREATED_EVERY_MS
  return {
    key,
    id: uuidV7(createdAt, hash),
    name,
    description: `A ${thing} for ${pick(USES, mix(hash, 7))}, which comes with ${pick(MERITS, mix(hash, 8))}.`,
    createdAt,
    registeredAt: createdAt + REGISTERED_AFTER_MS,
  }
}
