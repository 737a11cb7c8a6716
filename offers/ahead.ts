/**
 * Whether a time that was set `longestMs` ahead at most is still to come, all in ms. One that is
 * further ahead than it can have been set is left from before the clock was put back, and is over.
 */
export function isAhead(time: number, now: number, longestMs: number): boolean {
  const left = time - now
  return left > 0 && left <= longestMs
}
