import type { preParsingHookHandler } from 'fastify'
import fp from 'fastify-plugin'

/** Refuses encoded bodies, because their decoded size has no bound. `identity` means no encoding. */
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
          'Encoded bodies are not supported; send the body as it is, without the header content-encoding',
        ),
      )
    }
    // Only routes that accept a body get the hook, so it costs reads nothing.
    app.addHook('onRoute', (route) => {
      if ([route.method].flat().every((method) => method === 'GET' || method === 'HEAD')) return
      route.preParsing = [refuseEncoded, ...[route.preParsing ?? []].flat()]
    })
  },
  { name: 'content-encoding', dependencies: ['@fastify/sensible'] },
)
