import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { bearerToken } from '../plugins/auth.ts'
import { SESSION_COOKIE, SESSION_MS } from '../plugins/stream-sessions.ts'
import { StreamSession } from '../schemas/change.ts'
import { errors } from '../schemas/error.ts'
import { noQuery } from '../schemas/http.ts'
import { toTime } from '../schemas/to-time.ts'
import { ref } from '../schemas/types.ts'

/** Whether the client connected over TLS, to a proxy in front of the service. */
function isSecure({ headers }: FastifyRequest): boolean {
  const [protocol] = String(headers['x-forwarded-proto'] ?? '').split(',')
  return protocol?.trim() === 'https' || /\bproto="?https\b/i.test(headers.forwarded ?? '')
}

/** Gives browsers' `EventSource`, which cannot send a token, access to the change stream. */
const changesSession: FastifyPluginAsyncTypebox = async (app) => {
  const path = `${app.prefix.replace(/\/session$/, '')}/stream`

  app.get(
    '',
    {
      schema: {
        operationId: 'getStreamSession',
        summary: 'Get a cookie for the change stream',
        description:
          'For `EventSource`, which cannot send a token. Sets a cookie that is valid for one hour, for ' +
          '`GET /api/v1/changes/stream` only. A stream ends when the cookie that opened it expires; ' +
          'the browser then reconnects, with a newer cookie if this route was called again. The cookie ' +
          'also becomes invalid when its token is removed from the configuration. Scripts cannot read it.',
        tags: ['Changes'],
        querystring: noQuery,
        response: {
          200: {
            ...ref(StreamSession),
            description: 'The session',
            headers: {
              'Set-Cookie': {
                type: 'string',
                description: 'The cookie; absent if no token is required',
                example: `${SESSION_COOKIE}=…; Max-Age=3600; Path=/api/v1/changes/stream; HttpOnly; SameSite=Strict`,
              },
            },
          },
          ...errors(400, 401),
        },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const token = app.config.API_TOKEN === undefined ? undefined : bearerToken(request)
      if (token === undefined) return { expires_at: null }
      const { value, endsAt } = app.streamSessions.open(token)
      const secure = isSecure(request) ? '; Secure' : ''
      const attributes = `Max-Age=${SESSION_MS / 1000}; Path=${path}; HttpOnly; SameSite=Strict${secure}`
      reply.header('set-cookie', `${SESSION_COOKIE}=${value}; ${attributes}`)
      return { expires_at: toTime(endsAt) }
    },
  )
}
export default changesSession
