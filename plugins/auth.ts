import { hash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { tokensIn } from '../config/config.ts'
import { SESSION_COOKIE, STREAM_SECURITY } from './stream-sessions.ts'

const digest = (token: string) => hash('sha256', token, 'buffer')

/** Compares with all, so that the time does not tell which one it is. Digests have one length. */
function isAmong(given: Buffer, digests: Buffer[]): boolean {
  return digests.map((each) => timingSafeEqual(given, each)).includes(true)
}

/** The token in the header `Authorization`, by RFC 6750. */
export function bearerToken(request: FastifyRequest): string | undefined {
  return /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
}

/**
 * Requires one of the configured tokens, if there are any, for everything in its scope. Without a header
 * `Authorization`, the stream of changes also accepts the cookie of a session.
 */
export default fp(
  async (app) => {
    // The document is the same with and without a token: `{}` says that none may be wanted.
    app.addHook('onRoute', ({ schema, config }) => {
      const more = config?.takesSession ? STREAM_SECURITY : []
      if (schema) schema.security = [{}, { token: [] }, ...more]
    })
    app.decorateRequest('sessionEndsAt', undefined)

    const { API_TOKEN, API_READ_TOKEN } = app.config
    if (API_TOKEN === undefined) return
    const full = tokensIn(API_TOKEN).map(digest)
    const readOnly = tokensIn(API_READ_TOKEN).map(digest)

    app.addHook('onRequest', async (request, reply) => {
      const { authorization, cookie } = request.headers
      const read = request.method === 'GET' || request.method === 'HEAD'
      if (
        authorization === undefined &&
        cookie?.includes(SESSION_COOKIE) &&
        read &&
        request.routeOptions.config.takesSession
      ) {
        request.sessionEndsAt = app.streamSessions.endOf(cookie)
        if (request.sessionEndsAt !== undefined) return
        reply.header('www-authenticate', 'Bearer error="invalid_token"')
        throw app.httpErrors.unauthorized(
          'The session has ended, or is not one of this service; ' +
            'GET /api/v1/changes/session gives a new one',
        )
      }
      const token = bearerToken(request)
      const given = token === undefined ? undefined : digest(token)
      if (given && isAmong(given, full)) return
      if (given && isAmong(given, readOnly)) {
        if (read) return
        reply.header('www-authenticate', 'Bearer error="insufficient_scope"')
        throw app.httpErrors.forbidden('This token is good for reading alone')
      }
      reply.header('www-authenticate', given ? 'Bearer error="invalid_token"' : 'Bearer')
      throw app.httpErrors.unauthorized(
        given ? 'The token is not valid' : 'The header Authorization: Bearer <token> is missing',
      )
    })
  },
  { name: 'auth', dependencies: ['@fastify/sensible', 'stream-sessions'] },
)

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes the cookie of a session of the stream in place of a token. */
    takesSession?: boolean
  }
  interface FastifyRequest {
    /** When the session ends that the request was let in by, epoch ms; undefined: it has a token or needs none. */
    sessionEndsAt: number | undefined
  }
}
