/** Spans of time in milliseconds. Hours and days begin when those of UTC do. */
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** The last multiple of `stepMs` that is not after `ms`. */
export const floorTo = (ms: number, stepMs: number) => Math.floor(ms / stepMs) * stepMs

/** The first multiple of `stepMs` that is not before `ms`. */
export const ceilTo = (ms: number, stepMs: number) => Math.ceil(ms / stepMs) * stepMs
