import type { Use } from '../uses.ts'
import { changes } from './changes.ts'
import { offers } from './offers.ts'
import { products } from './products.ts'
import type { operations } from './schema.ts'
import { system } from './system.ts'

/** A use of every operation. */
export const uses: Record<keyof operations, Use> = {
  ...products,
  ...offers,
  ...changes,
  ...system,
}
