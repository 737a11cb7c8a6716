/**
 * The wait after a number of consecutive failures, in whole ms. It doubles from `baseMs` up to `capMs`;
 * half of it is random, so that calls that failed together are not retried together ("equal jitter" in
 * Brooker, Exponential Backoff and Jitter, AWS Architecture Blog, 2015).
 */
export function backoff(
  failures: number,
  { baseMs, capMs, random }: { baseMs: number; capMs: number; random: () => number },
): number {
  // 2^30 ms is twelve days; the bound keeps the power finite.
  const delay = Math.min(capMs, baseMs * 2 ** Math.min(failures, 30))
  return Math.round(delay / 2 + (delay / 2) * random())
}
