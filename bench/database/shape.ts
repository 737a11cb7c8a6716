/** The number of offers of each product, in every database and on the simulator. */
export const OFFERS = 10

/** The content of a database to make. */
export interface DatabaseShape {
  products: number
  /** The polls of each product in the last hour; each found every price changed. */
  polls: number
  /**
   * Every `every`-th product has a long history: this many more polls, spread over the 25 days before the last one. Its
   * last day is like that of any other product.
   */
  deep?: { every: number; polls: number }
  /** Adds a last product whose lowest price changed each minute of a day. */
  minutely?: boolean
}

/** The number of changes of offers in the history of such a database. */
export function changesIn({ products, polls, deep, minutely }: DatabaseShape): number {
  const ofDeep = deep ? Math.floor(products / deep.every) * deep.polls * OFFERS : 0
  return products * polls * OFFERS + ofDeep + (minutely ? OFFERS + MINUTES_PER_DAY - 1 : 0)
}

export const MINUTES_PER_DAY = 1440

export const productsIn = ({ products, minutely }: DatabaseShape) => products + (minutely ? 1 : 0)

/** Ten million changes; half of them belong to one percent of the products. */
export const LARGE: DatabaseShape = {
  products: 100_000,
  polls: 5,
  deep: { every: 100, polls: 500 },
}

/** A hundred thousand changes; the products are like the 99 percent in `LARGE`. */
export const SMALL: DatabaseShape = { products: 2_000, polls: 5 }

/**
 * As many changes as `SMALL`, but enough products for the refresh to run at full speed. An interval is at least a
 * second, so 2,000 products would be polled only 2,000 times a second.
 */
export const SMALL_WIDE: DatabaseShape = { products: 10_000, polls: 1 }

/** Enough products for the refresh to need several seconds for all of them. */
export const REFRESHED: DatabaseShape = { products: 40_000, polls: 2 }
