/** How long to collect changes: a poll of the service changes many offers at once, to be read together. */
const DEBOUNCE_MS = 150

/** The minimum time between two runs, however many changes arrive. */
const MIN_INTERVAL_MS = 1_000

/** Debounces and throttles a function that changes call. */
export function throttled(run: () => void): () => void {
  let scheduled = false
  let last = Number.NEGATIVE_INFINITY
  return () => {
    if (scheduled) return
    scheduled = true
    const wait = Math.max(DEBOUNCE_MS, last + MIN_INTERVAL_MS - performance.now())
    setTimeout(() => {
      scheduled = false
      last = performance.now()
      run()
    }, wait)
  }
}
