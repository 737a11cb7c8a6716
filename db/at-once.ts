/** The due time of a poll that comes before all others. */
export const AT_ONCE = 0
