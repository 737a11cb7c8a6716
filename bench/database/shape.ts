/** How many offers each product has, in every database and on the simulator beside it. */
export const OFFERS = 10

/** What a made database holds. */
export interface Shape {
  products: number
  /** How often each was polled in the last hour; each poll found every price changed. */
  polls: number
  /**
   * Each so many-th product was polled so often before that, over 25 days up to a day ago: its last
   * day looks like everyone's, but its history is long.
   */
  deep?: { every: number; polls: number }
  /** One more product, the last one, whose lowest price changed each minute of a day. */
  minutely?: boolean
}

/** How many changes of offers the history of a database of this shape holds. */
export function changesIn({ products, polls, deep, minutely }: Shape): number {
  const ofDeep = deep ? Math.floor(products / deep.every) * deep.polls * OFFERS : 0
  return products * polls * OFFERS + ofDeep + (minutely ? OFFERS + MINUTES_A_DAY - 1 : 0)
}

export const MINUTES_A_DAY = 1440

export const productsIn = ({ products, minutely }: Shape) => products + (minutely ? 1 : 0)

/** Ten million changes, half of them of one product in a hundred. */
export const LARGE: Shape = { products: 100_000, polls: 5, deep: { every: 100, polls: 500 } }

/** A hundred thousand changes, in which each product looks like most do in `LARGE`. */
export const SMALL: Shape = { products: 2_000, polls: 5 }

/**
 * As many changes, of as many products as keep the refresh at full speed: an interval is a second at
 * least, so two thousand would be polled two thousand times a second.
 */
export const SMALL_WIDE: Shape = { products: 10_000, polls: 1 }

/** Enough products that the refresh goes on for seconds before it comes to the first one again. */
export const REFRESHED: Shape = { products: 40_000, polls: 2 }
