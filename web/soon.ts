import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/**
 * Shows its children once all that is above them is on the screen. Rendered all at once, a large view blocks a slow
 * phone for too long.
 */
export function Soon({ children }: { children: ComponentChildren }) {
  const [due, setDue] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setDue(true))
    return () => clearTimeout(timer)
  }, [])
  return due ? children : null
}
