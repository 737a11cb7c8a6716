import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify from 'fastify'
import { controlRoutes } from './control.ts'
import { productControlRoutes } from './control-products.ts'
import { protocolRoutes } from './routes.ts'
import { createSimulator, type Simulator, type SimulatorOptions } from './simulator.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Only on apps made by `buildSimulator`. */
    simulator: Simulator
  }
}

/** The path of the protocol; a client's base URL is the address followed by this path. */
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
    // Requests that hang on purpose must not delay the shutdown.
    forceCloseConnections: true,
    // Strict: the service does not accept "5" as a number and does not drop unknown properties.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    // A long id must be refused as an invalid id, not as an unknown route.
    routerOptions: { maxParamLength: 8192 },
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.decorate('simulator', simulator)
  app.addHook('onClose', async () => simulator.state.close())
  app.register(protocolRoutes, { prefix: PROTOCOL_PREFIX, simulator })
  app.register(controlRoutes, { prefix: '/control', simulator })
  app.register(productControlRoutes, { prefix: '/control/products', simulator })
  return app
}
