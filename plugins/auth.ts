import { hash, timingSafeEqual } from 'node:crypto'
import fp from 'fastify-plugin'
import { tokensIn } from '../config.ts'

const digest = (token: string) => hash('sha256', token, 'buffer')

/** Compares with all, so that the time does not tell which one it is. Digests have one length. */
function isAmong(given: Buffer, digests: Buffer[]): boolean {
  return digests.map((each) => timingSafeEqual(given, each)).includes(true)
}

/** Wants one of the bearer tokens (RFC 6750) of the configuration, if it has any, for everything in its scope. */
export default fp(
  async (app) => {
    // The document is the same with and without a token: `{}` says that none may be wanted.
    app.addHook('onRoute', ({ schema }) => {
      if (schema) schema.security = [{}, { token: [] }]
    })

    const { API_TOKEN, API_READ_TOKEN } = app.config
    if (API_TOKEN === undefined) return
    const full = tokensIn(API_TOKEN).map(digest)
    const readOnly = tokensIn(API_READ_TOKEN).map(digest)

    app.addHook('onRequest', async (request, reply) => {
      const [, token] = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
      const given = token === undefined ? undefined : digest(token)
      if (given && isAmong(given, full)) return
      if (given && isAmong(given, readOnly)) {
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
