/** The number of the series with the lowest price of a product; those of its offers begin at 1. */
export const LOWEST = 0
