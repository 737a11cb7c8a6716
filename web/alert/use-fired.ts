import { useEffect } from 'preact/hooks'
import { followChanges } from '../stream.ts'
import { throttled } from '../throttled.ts'
import { token } from '../token.ts'

/** Calls `onFired` when alerts have fired, at most once a second, as far as the stream of changes can be followed. */
export function useFired(onFired: () => void): void {
  useEffect(() => {
    const ended = new AbortController()
    const told = throttled(onFired)
    const listener = { onChange: told, onAnew: told, onFollowing: () => {} }
    void followChanges('type=alert.fired', listener, ended.signal)
    return () => ended.abort()
  }, [token.value])
}
