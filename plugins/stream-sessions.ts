import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import fp from 'fastify-plugin'
import { tokensIn } from '../config/config.ts'

/** The name of the cookie. */
export const SESSION_COOKIE = 'changes_session'

/** For how long a session is good. */
export const SESSION_MS = 60 * 60_000

/** What the OpenAPI document says of routes that take the cookie. */
export const STREAM_SECURITY = [{ session: [] }]

const COOKIE = new RegExp(`(?:^|;) *${SESSION_COOKIE}=([0-9a-z]{1,11})\\.([\\w-]{43})(?:;|$)`)

/** Sessions by which browsers, whose `EventSource` sends no headers but cookies, listen to the stream. */
export interface StreamSessions {
  /** Makes a session for who has this token: the value of its cookie, and its end in epoch ms. */
  open(token: string): { value: string; endsAt: number }
  /** When the session ends whose cookie this header has; undefined if it has none that is good. */
  endOf(cookies: string): number | undefined
}

/**
 * Decorates `app.streamSessions`. Nothing is stored: the cookie is the end of the session and a MAC over
 * it. The key of the MAC is derived from the token and from a secret of the database, so that a session ends
 * when its token is taken out of the configuration, and the cookie says nothing about the token.
 */
export default fp(
  async (app) => {
    const secret = await app.store.secret('stream sessions').catch((err: unknown) => {
      app.log.error({ err }, 'sessions of the stream are good until the service stops')
      return randomBytes(32)
    })
    const keyOf = (token: string) => createHmac('sha256', secret).update(token).digest()
    const macOf = (key: Buffer, end: string) => createHmac('sha256', key).update(end).digest()

    const { API_TOKEN, API_READ_TOKEN } = app.config
    const keys = [...tokensIn(API_TOKEN), ...tokensIn(API_READ_TOKEN)].map(keyOf)
    const { clock } = app.environment

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
        // More is left than there can be after the clock was put back.
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
