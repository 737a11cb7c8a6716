import { createHash } from 'node:crypto'
import fp from 'fastify-plugin'
import { databasePath } from '../db/open.ts'
import { EXAMPLE_OFFER_ID, EXAMPLE_PRODUCT } from '../schemas/example.ts'

/** Which Offers service is called, and as whom. */
export interface Upstream {
  /** Where its protocol begins. */
  baseUrl: string
  /** Whether it is the built-in simulator. */
  simulated: boolean
  /** Names the service and the account on it; holds no secret. */
  account: string
  refreshToken: string | undefined
}

/**
 * Decorates `app.upstream`: the Offers service of the configuration or, where none is configured,
 * the simulator, which this starts on the loopback interface and stops.
 */
export default fp(
  async (app) => {
    const { OFFERS_BASE_URL, OFFERS_REFRESH_TOKEN, DATABASE_URL } = app.config
    if (OFFERS_BASE_URL !== undefined) {
      const baseUrl = new URL(OFFERS_BASE_URL).href.replace(/\/+$/, '')
      const who = OFFERS_REFRESH_TOKEN && createHash('sha256').update(OFFERS_REFRESH_TOKEN)
      app.decorate('upstream', {
        baseUrl,
        simulated: false,
        account: who ? `${baseUrl} ${who.digest('hex')}` : baseUrl,
        refreshToken: OFFERS_REFRESH_TOKEN,
      })
      return
    }

    // Its state lies beside the database, so that both still know each other after a restart.
    const statePath = `${databasePath(DATABASE_URL)}.simulator`
    const { buildSimulator, PROTOCOL_PREFIX } = await import('../simulator/app.ts')
    const lasting = { productId: EXAMPLE_PRODUCT.id, id: EXAMPLE_OFFER_ID }
    const simulator = buildSimulator({ statePath, clock: app.environment.clock, lasting })
    app.addHook('onClose', () => simulator.close())
    const address = await simulator.listen({ host: '127.0.0.1', port: 0 })
    app.decorate('upstream', {
      baseUrl: address + PROTOCOL_PREFIX,
      simulated: true,
      account: 'simulator',
      refreshToken: undefined,
    })
    app.log.warn(
      { url: app.upstream.baseUrl },
      'OFFERS_BASE_URL is not set: all offers are made up by the built-in simulator',
    )
  },
  { name: 'upstream' },
)

declare module 'fastify' {
  interface FastifyInstance {
    upstream: Upstream
  }
}
