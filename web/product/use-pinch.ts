import { useRef } from 'preact/hooks'
import type { Finger } from './pinch.ts'

/** Follows the fingers on a plot. Calls `onPinch` when one of two is lifted; a scroll of the page ends the pinch. */
export function usePinch(onPinch: (fingers: [Finger, Finger]) => void) {
  const fingers = useRef(new Map<number, Finger>()).current
  return {
    /** Whether there is more than one finger. */
    isPinching: () => fingers.size > 1,
    down(id: number, x: number) {
      for (const finger of fingers.values()) finger.start = finger.now
      fingers.set(id, { start: x, now: x })
    },
    move(id: number, x: number) {
      const finger = fingers.get(id)
      if (finger) finger.now = x
    },
    up() {
      const [one, other, third] = fingers.values()
      fingers.clear()
      if (one && other && !third) onPinch([one, other])
    },
    cancel: () => fingers.clear(),
  }
}
