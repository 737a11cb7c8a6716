import { useEffect, useRef } from 'preact/hooks'

/** Calls `reload` when the value changes, but not for the first one; undefined is none. */
export function useReload(reload: () => void, value: string | undefined): void {
  const before = useRef(value)
  useEffect(() => {
    if (before.current !== undefined && before.current !== value) reload()
    before.current = value
  }, [value])
}
