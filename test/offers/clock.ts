export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5)
export const SECOND = 1000
export const MINUTE = 60_000

/** A clock that stands still until `now` is set. */
export function stoppedClock() {
  const time = { now: NOW, clock: () => time.now }
  return time
}
