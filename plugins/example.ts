import { setTimeout as delay } from 'node:timers/promises'
import fp from 'fastify-plugin'
import { EXAMPLE_PRODUCT } from '../schemas/example.ts'

/** The product's creation is the first change, its registration the second, its first offer the third. */
const FIRST_OFFER_SEQ = 3

/** If the simulator takes longer, the service starts without the offers. */
const MAX_WAIT_MS = 5_000

/**
 * Adds the product in the OpenAPI document's examples to a new catalogue that uses the simulator. Startup waits
 * for its offers, about 0.1 s, so that the examples work from the first request.
 */
export default fp(
  async (app) => {
    const { store, upstream } = app

    app.addHook('onReady', async () => {
      if (!upstream.simulated || store.lastSeq > 0) return
      const { promise: listed, resolve } = Promise.withResolvers<void>()
      const removeListener = store.onChanges((lastSeq) => {
        if (lastSeq >= FIRST_OFFER_SEQ) resolve()
      })
      await store.createProduct(EXAMPLE_PRODUCT, { id: EXAMPLE_PRODUCT.id })
      await Promise.race([listed, delay(MAX_WAIT_MS, undefined, { ref: false })])
      removeListener()
    })
  },
  { name: 'example', dependencies: ['store', 'upstream', 'refresher'] },
)
