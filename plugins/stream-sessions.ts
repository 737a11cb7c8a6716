import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import fp from 'fastify-plugin'
import { tokensIn } from '../config/config.ts'

/** The name of the cookie. */
export const SESSION_COOKIE = 'changes_session'

/** How long a session lasts. */
export const SESSION_MS = 60 * 60_000

/** The security requirement, in the OpenAPI document, of routes that accept the cookie. */
export const STREAM_SECURITY = [{ session: [] }]

const COOKIE = new RegExp(`(?:^|;) *${SESSION_COOKIE}=([0-9a-z]{1,11})\\.([\\w-]{43})(?:;|$)`)

/** Sessions that let a browser's `EventSource`, which can send cookies but no token, listen to the stream. */
interface StreamSessions {
  /** Opens a session for the holder of this token. Returns the cookie's value and the session's end, epoch ms. */
  open(token: string): { value: string; endsAt: number }
  /** When the session in this `Cookie` header ends; undefined if it holds no valid session. */
  endOf(cookies: string): number | undefined
}

/**
 * Decorates `app.streamSessions`. Sessions are not stored: the cookie holds the end of the session and a MAC
 * over it. The MAC's key is derived from the token and a secret in the database, so a session ends when its
 * token is removed from the configuration, and the cookie reveals nothing about the token.
 */
export default fp(
  async (app) => {
    const secret = await app.store.secret('stream sessions').catch((err: unknown) => {
      app.log.error(
        { err },
        'could not read the session secret; stream sessions end when the service stops',
      )
      return randomBytes(32)
    })
    const keyOf = (token: string) => createHmac('sha256', secret).update(token).digest()
    const macOf = (key: Buffer, end: string) => createHmac('sha256', key).update(end).digest()

    const { API_TOKEN, API_READ_TOKEN } = app.config
    const keys = [...tokensIn(API_TOKEN), ...tokensIn(API_READ_TOKEN)].map(keyOf)
    const { clock } = app.store

    app.decorate('streamSessions', {
      open(token) {
        const endsAt = clock() + SESSION_MS
        const end = endsAt.toString(36)
        return { value: `${end}.${macOf(keyOf(token), end).toString('base64url')}`, endsAt }
      },
      endOf(cookies) {
        const [, end = '', mac = ''] = COOKIE.exec(cookies) ?? []
        const endsAt = Number.parseInt(end, 36)
        const left = endsAt - clock()
        // The clock was set back if more time is left than a session lasts.
        if (!(left > 0 && left <= SESSION_MS)) return undefined
        const given = Buffer.from(mac, 'base64url')
        const good = keys.map((key) => timingSafeEqual(given, macOf(key, end))).includes(true)
        return good ? endsAt : undefined
      },
    })
  },
  { name: 'stream-sessions', dependencies: ['store'] },
)

declare module 'fastify' {
  interface FastifyInstance {
    streamSessions: StreamSessions
  }
}
