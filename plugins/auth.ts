import { createHash, timingSafeEqual } from 'node:crypto'
import fp from 'fastify-plugin'

const digest = (token: string) => createHash('sha256').update(token).digest()

/**
 * Wants a bearer token (RFC 6750) for everything in its scope, where the configuration has one.
 * Digests are compared, which are of one length, in constant time.
 */
export default fp(
  async (app) => {
    // The document is the same with and without a token: `{}` says that none may be wanted.
    app.addHook('onRoute', ({ schema }) => {
      if (schema) schema.security = [{}, { token: [] }]
    })

    const { API_TOKEN, API_READ_TOKEN } = app.config
    if (API_TOKEN === undefined) return
    const full = digest(API_TOKEN)
    const readOnly = API_READ_TOKEN === undefined ? undefined : digest(API_READ_TOKEN)

    app.addHook('onRequest', async (request, reply) => {
      const [, token] = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
      const given = token === undefined ? undefined : digest(token)
      if (given && timingSafeEqual(given, full)) return
      if (given && readOnly && timingSafeEqual(given, readOnly)) {
        if (request.method === 'GET' || request.method === 'HEAD') return
        reply.header('www-authenticate', 'Bearer error="insufficient_scope"')
        throw app.httpErrors.forbidden('This token is good for reading alone')
      }
      reply.header('www-authenticate', given ? 'Bearer error="invalid_token"' : 'Bearer')
      throw app.httpErrors.unauthorized(
        given ? 'The token is not valid' : 'The header Authorization: Bearer <token> is missing',
      )
    })
  },
  { name: 'auth', dependencies: ['@fastify/sensible'] },
)
