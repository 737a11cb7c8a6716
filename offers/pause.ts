import { NO_PAUSE, type Pause } from '../db/pause.ts'
import type { Product } from '../schemas/product.ts'
import { toTime } from '../schemas/to-time.ts'

/** How products are shown at a moment: products that are due but wait because of a pause are marked. */
export interface ShownPause extends Pause {
  mark<T extends Product>(product: T): T
}

const NOTHING_PAUSED: ShownPause = { ...NO_PAUSE, mark: (product) => product }

/**
 * How products are shown at `now`, in epoch ms, as calls to the Offers service are paused: `obstacle` says why, and
 * `pausedUntil` until when, if that is known.
 */
export function shownPause(
  now: number,
  { obstacle, pausedUntil }: { obstacle: string | null; pausedUntil: number | null },
): ShownPause {
  if (obstacle === null) return NOTHING_PAUSED
  return {
    name: `${pausedUntil} ${obstacle}`,
    dueBy: Math.max(now, pausedUntil ?? now),
    at: now,
    mark(product) {
      const { registration, refresh } = product
      if (registration.status === 'rejected' || refresh.next_at === null) return product
      const dueAt = Date.parse(refresh.next_at)
      const reason =
        refresh.fault === null && dueAt <= now
          ? { fault: 'paused' as const, message: obstacle }
          : {}
      const next_at = toTime(Math.max(dueAt, pausedUntil ?? dueAt))
      return { ...product, refresh: { ...refresh, ...reason, next_at } }
    },
  }
}
