import { useEffect, useRef, useState } from 'preact/hooks'

/** How close to the screen an element must be to count as seen. */
const MARGIN = '600px'

const listeners = new WeakMap<Element, (entry: IntersectionObserverEntry) => void>()
const observer = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) listeners.get(entry.target)?.(entry)
  },
  { rootMargin: `${MARGIN} 0px` },
)

/** Whether an element is on or near the screen, and its height when that last changed; undefined until known. */
export function useSeen<E extends Element>() {
  const element = useRef<E>(null)
  const [entry, setEntry] = useState<IntersectionObserverEntry>()
  useEffect(() => {
    const { current } = element
    if (!current) return
    listeners.set(current, setEntry)
    observer.observe(current)
    return () => observer.unobserve(current)
  }, [])
  return { element, seen: entry?.isIntersecting, height: entry?.boundingClientRect.height }
}
