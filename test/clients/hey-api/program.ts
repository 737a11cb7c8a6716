import type { Use } from '../uses.ts'
import { alerts } from './alerts.ts'
import type * as sdk from './api/sdk.gen.ts'
import { changes } from './changes.ts'
import { offers } from './offers.ts'
import { products } from './products.ts'
import { system } from './system.ts'
import { webhooks } from './webhooks.ts'

/** A use of every operation, but for HEAD, which is GET without what these clients are for. */
export const uses: Record<Exclude<keyof typeof sdk, `${string}Head`>, Use> = {
  ...products,
  ...offers,
  ...changes,
  ...alerts,
  ...webhooks,
  ...system,
}
