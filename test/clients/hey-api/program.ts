import type { Use } from '../uses.ts'
import type * as sdk from './api/sdk.gen.ts'
import { changes } from './changes.ts'
import { offers } from './offers.ts'
import { products } from './products.ts'
import { system } from './system.ts'

/** A use of every operation. */
export const uses: Record<keyof typeof sdk, Use> = {
  ...products,
  ...offers,
  ...changes,
  ...system,
}
