import type { preParsingHookHandler } from 'fastify'
import fp from 'fastify-plugin'

/**
 * Refuses bodies that are encoded in any way, since what they unpack to has no bound. `identity` says that
 * they are not.
 */
export default fp(
  async (app) => {
    const refuseEncoded: preParsingHookHandler = (request, reply, payload, done) => {
      const encodings = request.headers['content-encoding']?.split(',') ?? []
      if (encodings.every((encoding) => encoding.trim().toLowerCase() === 'identity')) {
        return done(null, payload)
      }
      reply.header('accept-encoding', 'identity') // RFC 9110, section 12.5.3
      done(
        app.httpErrors.unsupportedMediaType(
          'The body is encoded, as the header content-encoding says; send it as it is, without that header',
        ),
      )
    }
    // A hook of the routes that take a body: reads have no use for it.
    app.addHook('onRoute', (route) => {
      if ([route.method].flat().every((method) => method === 'GET' || method === 'HEAD')) return
      route.preParsing = [refuseEncoded, ...[route.preParsing ?? []].flat()]
    })
  },
  { name: 'content-encoding', dependencies: ['@fastify/sensible'] },
)
