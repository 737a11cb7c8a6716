import fp from 'fastify-plugin'
import { type ShownPause, shownPause } from '../offers/pause.ts'
import type { Product } from '../schemas/product.ts'

/**
 * Decorates `app.pause` and `app.withPause`, which mark products that are due but waiting because calls to the Offers
 * service are paused. The store does not know about pauses, because an attempt that was not made has no outcome.
 */
export default fp(
  async (app) => {
    const pauseNow = () => shownPause(app.store.clock(), app.breaker)
    app.decorate('pause', pauseNow)
    app.decorate('withPause', (product) => pauseNow().mark(product))
  },
  { name: 'pause', dependencies: ['offers-client'] },
)

declare module 'fastify' {
  interface FastifyInstance {
    /** How products are shown now. */
    pause(): ShownPause
    withPause<T extends Product>(product: T): T
  }
}
