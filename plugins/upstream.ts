import { createHash } from 'node:crypto'
import fp from 'fastify-plugin'
import { pathBeside } from '../db/location.ts'
import { EXAMPLE_OFFER_ID, EXAMPLE_PRODUCT } from '../schemas/example.ts'

/** The Offers service to call, and the account to use. */
interface Upstream {
  /** The URL that its paths are appended to. */
  baseUrl: string
  /** Whether it is the built-in simulator. */
  simulated: boolean
  /** Identifies the service and the account; contains no secret. */
  account: string
  refreshToken: string | undefined
}

/** The account of the service at the built-in simulator. */
export const SIMULATOR_ACCOUNT = 'simulator'

/**
 * Decorates `app.upstream`: the configured Offers service or, if none is configured, the built-in simulator,
 * which this plugin runs on the loopback interface.
 */
export default fp(
  async (app) => {
    const { OFFERS_BASE_URL, OFFERS_REFRESH_TOKEN, DATABASE_URL } = app.config
    const { SIMULATOR_TICK_SECONDS, SIMULATOR_STATE } = app.config
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

    // Its state is kept next to the database, so that the two still match after a restart.
    const statePath = SIMULATOR_STATE ?? pathBeside(DATABASE_URL, 'simulator')
    const { buildSimulator, PROTOCOL_PREFIX } = await import('../simulator/app.ts')
    const lasting = { productId: EXAMPLE_PRODUCT.id, id: EXAMPLE_OFFER_ID }
    const simulator = buildSimulator({
      statePath,
      tickMs: SIMULATOR_TICK_SECONDS * 1000,
      clock: app.environment.clock,
      lasting,
    })
    app.addHook('onClose', () => simulator.close())
    const address = await simulator.listen({ host: '127.0.0.1', port: 0 })
    app.decorate('upstream', {
      baseUrl: address + PROTOCOL_PREFIX,
      simulated: true,
      account: SIMULATOR_ACCOUNT,
      refreshToken: undefined,
    })
    app.log.warn(
      { url: app.upstream.baseUrl },
      'OFFERS_BASE_URL is not set: the built-in simulator makes up all offers',
    )
  },
  { name: 'upstream' },
)

declare module 'fastify' {
  interface FastifyInstance {
    upstream: Upstream
  }
}
