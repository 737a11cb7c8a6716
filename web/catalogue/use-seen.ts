import { useEffect, useRef, useState } from 'preact/hooks'

/** How close to the screen an element must be to count as seen. */
const MARGIN = '600px'

const listeners = new WeakMap<Element, (seen: boolean) => void>()
const observer = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) listeners.get(target)?.(isIntersecting)
  },
  { rootMargin: `${MARGIN} 0px` },
)

/** Whether an element is on or near the screen; undefined until that is known. */
export function useSeen<E extends Element>() {
  const element = useRef<E>(null)
  const [seen, setSeen] = useState<boolean>()
  useEffect(() => {
    const { current } = element
    if (!current) return
    listeners.set(current, setSeen)
    observer.observe(current)
    return () => observer.unobserve(current)
  }, [])
  return { element, seen }
}
