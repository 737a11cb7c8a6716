import { setTimeout as delay } from 'node:timers/promises'
import fp from 'fastify-plugin'
import { EXAMPLE_PRODUCT } from '../schemas/example.ts'

/** The first offer comes after the creation and the registration of the product. */
const FIRST_OFFER_SEQ = 3

/** The service starts without the offers if the simulator takes longer. */
const LONGEST_WAIT_MS = 5_000

/**
 * Puts the product of the OpenAPI document's examples into a new catalogue with simulated offers. The start
 * waits for its offers, a tenth of a second, so that the examples work from the first request on.
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
      await store.createProduct(EXAMPLE_PRODUCT, EXAMPLE_PRODUCT.id)
      await Promise.race([listed, delay(LONGEST_WAIT_MS, undefined, { ref: false })])
      removeListener()
    })
  },
  { name: 'example', dependencies: ['store', 'upstream', 'refresher'] },
)
