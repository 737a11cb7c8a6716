import fp from 'fastify-plugin'
import type { Product } from '../schemas/product.ts'
import { toTime } from '../schemas/to-time.ts'

/** Whether and how calls to the Offers service are paused at a moment. */
interface Pause {
  /** Products that are due later than this are shown as they are stored; before all time if nothing is paused. */
  dueBy: number
  /** Marks a product that is due but waiting because of the pause. */
  mark<T extends Product>(product: T): T
}

const NO_PAUSE: Pause = { dueBy: Number.NEGATIVE_INFINITY, mark: (product) => product }

/**
 * Decorates `app.pause` and `app.withPause`, which mark products that are due but waiting because calls to the Offers
 * service are paused. The store does not know about pauses, because an attempt that was not made has no outcome.
 */
export default fp(
  async (app) => {
    function pauseNow(): Pause {
      const { obstacle, pausedUntil } = app.breaker
      if (obstacle === null) return NO_PAUSE
      const now = app.store.clock()
      return {
        dueBy: Math.max(now, pausedUntil ?? now),
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
    app.decorate('pause', pauseNow)
    app.decorate('withPause', (product) => pauseNow().mark(product))
  },
  { name: 'pause', dependencies: ['offers-client'] },
)

declare module 'fastify' {
  interface FastifyInstance {
    pause(): Pause
    withPause<T extends Product>(product: T): T
  }
}
