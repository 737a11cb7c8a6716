import type { AlertFiring } from '../schemas/alert.ts'
import { toTime } from '../schemas/to-time.ts'
import type { Sighting } from './watch.ts'

/** A firing as the API shows it. */
export function toFiring(product_id: string, sighting: Sighting): AlertFiring {
  const { at, price, previousPrice: previous_price, reference } = sighting
  return { product_id, at: toTime(at), price, previous_price, reference }
}
