import swaggerUi from '@fastify/swagger-ui'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

/** The documentation page and its OpenAPI document. */
const documentation: FastifyPluginAsyncTypebox = async (app) => {
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: {
      'default-src': ["'self'"],
      'img-src': ["'self'", 'data:'],
      'style-src': ["'self'", "'unsafe-inline'"], // Swagger UI sets styles on its elements.
      'frame-ancestors': ["'none'"],
    },
  })
}
export default documentation
