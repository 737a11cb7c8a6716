import fp from 'fastify-plugin'
import type { Product } from '../schemas/product.ts'
import { toTime } from '../schemas/to-time.ts'

/**
 * Decorates `app.withPause`, which marks a product that is due but waiting because calls to the Offers service
 * are paused. The store does not know about pauses, because an attempt that was not made has no outcome.
 */
export default fp(
  async (app) => {
    app.decorate('withPause', (product) => {
      const { obstacle, pausedUntil } = app.breaker
      const { registration, refresh } = product
      if (obstacle === null || registration.status === 'rejected' || refresh.next_at === null) {
        return product
      }
      const dueAt = Date.parse(refresh.next_at)
      const isDue = dueAt <= app.store.clock()
      const reason =
        refresh.fault === null && isDue ? { fault: 'paused' as const, message: obstacle } : {}
      const next_at = toTime(Math.max(dueAt, pausedUntil ?? dueAt))
      return { ...product, refresh: { ...refresh, ...reason, next_at } }
    })
  },
  { name: 'pause', dependencies: ['offers-client'] },
)

declare module 'fastify' {
  interface FastifyInstance {
    withPause<T extends Product>(product: T): T
  }
}
