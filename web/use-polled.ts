import { useEffect, useRef, useState } from 'preact/hooks'
import { RequestFailed } from './api.ts'

/** The latest data, and the error of the last attempt; both undefined before the first answer. */
export interface PolledResult<T> {
  data: T | undefined
  error: Error | undefined
  /** Reads again now. */
  reload: () => void
}

/** The longest wait after a failure that passes by itself, so that a view is back soon after the service. */
const RETRY_MS = 5_000

/** Whether a failure can pass by itself: the service was not reached, broke off its answer or could not give one. */
const mayPass = (error: unknown) =>
  !(error instanceof RequestFailed) || error.status === 0 || error.status >= 500

/** Resolves after this many ms, or when the tab becomes visible; while the tab is hidden, it waits. */
function untilNext(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = new AbortController()
    function end() {
      over.abort()
      clearTimeout(timer)
      resolve()
    }
    const endIfSeen = () => document.hidden || end()
    const timer = setTimeout(endIfSeen, ms)
    document.addEventListener('visibilitychange', endIfSeen, { signal: over.signal })
    signal.addEventListener('abort', end, { signal: over.signal })
    if (signal.aborted) end()
  })
}

interface ReadState<T> {
  /** The inputs that this was read with. */
  inputs: readonly unknown[]
  data?: T
  error?: Error
}

/**
 * Reads something at once and then every `intervalMs`, while the tab is visible, sooner after a failure that may have
 * passed. The data stays during the next read and if that fails; it is dropped when one of `inputs` changes.
 */
export function usePolled<T>(
  load: (signal: AbortSignal) => Promise<T>,
  intervalMs: number,
  inputs: readonly unknown[],
): PolledResult<T> {
  const [state, setState] = useState<ReadState<T>>({ inputs })
  const latest = useRef(load)
  latest.current = load
  const wake = useRef(() => {})

  useEffect(() => {
    const ended = new AbortController()
    async function poll() {
      while (!ended.signal.aborted) {
        const pause = new AbortController()
        wake.current = () => pause.abort()
        let waitMs = intervalMs
        try {
          const data = await latest.current(ended.signal)
          if (!ended.signal.aborted) setState({ inputs, data })
        } catch (error) {
          if (ended.signal.aborted) return
          if (mayPass(error)) waitMs = Math.min(intervalMs, RETRY_MS)
          setState((before) => ({
            inputs,
            data: before.inputs === inputs ? before.data : undefined,
            error: error as Error,
          }))
        }
        await untilNext(waitMs, AbortSignal.any([ended.signal, pause.signal]))
      }
    }
    void poll()
    return () => ended.abort()
  }, [...inputs, intervalMs])

  const current = inputs.every((input, index) => input === state.inputs[index])
  return {
    data: current ? state.data : undefined,
    error: current ? state.error : undefined,
    reload: () => wake.current(),
  }
}
