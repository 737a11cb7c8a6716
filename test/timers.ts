import type { Test } from 'tap'

/** Longer than any test. */
const NEVER_MS = 2 ** 31 - 1

/**
 * Holds the timers of exactly this length, which nothing else may have: they end when the test says so, however long
 * the machine stalls. Gives what ends those that are running, and returns how many those were.
 */
export function heldTimers(t: Test, ms: number): () => number {
  const { setTimeout: set, clearTimeout: clear } = globalThis
  const held = new Map<unknown, () => void>()
  t.intercept(globalThis, 'setTimeout', {
    value(callback: (...args: unknown[]) => void, delay?: number, ...args: unknown[]) {
      if (delay !== ms) return set(callback, delay, ...args)
      const timer = set(callback, NEVER_MS, ...args)
      held.set(timer, () => callback(...args))
      return timer
    },
  })
  t.intercept(globalThis, 'clearTimeout', {
    value(timer?: NodeJS.Timeout) {
      held.delete(timer)
      clear(timer)
    },
  })

  function end(): number {
    const ended = [...held]
    for (const [timer] of ended) clearTimeout(timer as NodeJS.Timeout)
    for (const [, callback] of ended) callback()
    return ended.length
  }
  return end
}
