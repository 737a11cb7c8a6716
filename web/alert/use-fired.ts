import { useEffect } from 'preact/hooks'
import { followChanges } from '../stream.ts'
import { token } from '../token.ts'

/** Calls `onFired` whenever an alert has fired, as far as the stream of changes can be followed. */
export function useFired(onFired: () => void): void {
  useEffect(() => {
    const ended = new AbortController()
    const listener = { onChange: onFired, onAnew: onFired, onFollowing: () => {} }
    void followChanges('type=alert.fired', listener, ended.signal)
    return () => ended.abort()
  }, [token.value])
}
