import type { AlertToCreate } from '../../db/store.ts'
import { EXAMPLE_PRODUCT } from '../../schemas/example.ts'

const everyProduct = { productId: null, tag: null, enabled: true }
const plain = { rearm_percent: 0, cooldown_s: 0, fire_if_true: false }
const DAY_S = 86_400

/** The alerts of the demonstration, each with something to tell. */
export const DEMO_ALERTS: AlertToCreate[] = [
  {
    ...everyProduct,
    name: 'Anything a third cheaper within a day',
    rule: {
      ...plain,
      condition: { type: 'drop', percent: 33, window: '1d' },
      rearm_percent: 5,
      cooldown_s: DAY_S,
    },
  },
  {
    ...everyProduct,
    name: 'Sold out',
    rule: { ...plain, condition: { type: 'out_of_stock' }, cooldown_s: DAY_S },
  },
  {
    ...everyProduct,
    name: `The lowest price in 30 days: ${EXAMPLE_PRODUCT.name}`,
    productId: EXAMPLE_PRODUCT.id,
    rule: { ...plain, condition: { type: 'new_low', window: '30d' }, cooldown_s: DAY_S },
  },
]
