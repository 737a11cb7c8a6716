import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify from 'fastify'
import { controlRoutes } from './control.ts'
import { productControlRoutes } from './control-products.ts'
import { protocolRoutes } from './routes.ts'
import { createSimulator, type Simulator, type SimulatorOptions } from './simulator.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Only on the app that `buildSimulator` makes. */
    simulator: Simulator
  }
}

/** Where the protocol begins; the base URL for a client is the address with this at its end. */
export const PROTOCOL_PREFIX = '/api/v1'

/**
 * Builds the simulator of the Offers service: the protocol under `/api/v1`, the controls under
 * `/control`. Throws if the journal at `statePath` cannot be opened or is not one of this kind.
 */
export function buildSimulator(options: SimulatorOptions = {}) {
  const simulator = createSimulator(options)
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    // Requests that hang on purpose must not hold up the end of the process.
    forceCloseConnections: true,
    // Strict: the service takes "5" for no number and does not drop what it does not know.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    // A long id is a bad id, not an unknown route.
    routerOptions: { maxParamLength: 8192 },
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.decorate('simulator', simulator)
  app.addHook('onClose', async () => simulator.state.close())
  app.register(protocolRoutes, { prefix: PROTOCOL_PREFIX, simulator })
  app.register(controlRoutes, { prefix: '/control', simulator })
  app.register(productControlRoutes, { prefix: '/control/products', simulator })
  return app
}
