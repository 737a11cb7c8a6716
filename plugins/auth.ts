import { hash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { tokensIn } from '../config/config.ts'
import { SESSION_COOKIE, STREAM_SECURITY } from './stream-sessions.ts'

const digest = (token: string) => hash('sha256', token, 'buffer')

/** Compares with every digest, so that the time taken does not reveal a match. All digests have one length. */
function isAmong(given: Buffer, digests: Buffer[]): boolean {
  return digests.map((each) => timingSafeEqual(given, each)).includes(true)
}

/** The token of the `Authorization` header (RFC 6750). */
export function bearerToken(request: FastifyRequest): string | undefined {
  return /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
}

/**
 * Requires one of the configured tokens, if there are any, for every route in its scope. A request without an
 * `Authorization` header can use a session cookie instead on routes that accept one.
 */
export default fp(
  async (app) => {
    // The OpenAPI document does not depend on the configuration: `{}` says that a token may be unnecessary.
    app.addHook('onRoute', ({ schema, config }) => {
      const sessions = config?.acceptsSession ? STREAM_SECURITY : []
      if (schema) schema.security = [{}, { token: [] }, ...sessions]
    })
    app.decorateRequest('sessionEndsAt', undefined)
    app.decorateRequest('tokenDigest', '')

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
        request.routeOptions.config.acceptsSession
      ) {
        request.sessionEndsAt = app.streamSessions.endOf(cookie)
        if (request.sessionEndsAt !== undefined) return
        reply.header('www-authenticate', 'Bearer error="invalid_token"')
        throw app.httpErrors.unauthorized(
          'The session has expired or is unknown; get a new one from GET /api/v1/changes/session',
        )
      }
      const token = bearerToken(request)
      const given = token === undefined ? undefined : digest(token)
      if (given && isAmong(given, full)) {
        request.tokenDigest = given.toString('base64url')
        return
      }
      if (given && isAmong(given, readOnly)) {
        if (read) return
        reply.header('www-authenticate', 'Bearer error="insufficient_scope"')
        throw app.httpErrors.forbidden('The token is read-only; use one from API_TOKEN to write')
      }
      reply.header('www-authenticate', given ? 'Bearer error="invalid_token"' : 'Bearer')
      throw app.httpErrors.unauthorized(
        given
          ? 'The token is not valid; use one from API_TOKEN or API_READ_TOKEN'
          : 'Send a token in the header Authorization: Bearer <token>',
      )
    })
  },
  { name: 'auth', dependencies: ['@fastify/sensible', 'stream-sessions'] },
)

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route accepts the cookie of a stream session in place of a token. */
    acceptsSession?: boolean
  }
  interface FastifyRequest {
    /** When the session that authorised the request ends, epoch ms; undefined without a session. */
    sessionEndsAt: number | undefined
    /** A digest of the token that authorised the request to write; empty if no token is required. */
    tokenDigest: string
  }
}
