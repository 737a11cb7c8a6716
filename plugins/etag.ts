import { hash } from 'node:crypto'
import fp from 'fastify-plugin'

/** The encodings in which answers are compressed. */
export const ENCODINGS = ['br', 'gzip'] as const

/** The tag of the same answer in an encoding: those are other bytes (RFC 9110, section 8.8.3.3). */
export function encodedTag(tag: string, encoding: string): string {
  return `${tag.slice(0, -1)}-${encoding}"`
}

/**
 * The versions that an `If-Match` header names: undefined (any) without one or with `*`. Tags that
 * are weak or not ours name none (RFC 9110, sections 8.8.3.2 and 13.1.1).
 */
export function versionsOf(ifMatch: string | undefined): number[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined
  return ifMatch.split(',').flatMap((tag) => {
    const version = /^"(\d{1,15})-/.exec(tag.trim())?.[1]
    return version === undefined ? [] : [Number(version)]
  })
}

/**
 * The tag, in whatever encoding, by which an `If-None-Match` header names the answer with this plain
 * tag, by weak comparison; undefined if it does not. Of several it is one that the client takes by its
 * `Accept-Encoding`, since a cache names all that it has, and chooses by the tag what to hand on.
 */
export function knownTag(ifNoneMatch: string, tag: string, accepted = ''): string | undefined {
  if (ifNoneMatch.trim() === '*') return tag
  const named = new Set(ifNoneMatch.split(',').map((each) => each.trim().replace(/^W\//, '')))
  if (named.has(tag)) return tag
  const known = ENCODINGS.filter((encoding) => named.has(encodedTag(tag, encoding)))
  const encoding = known.find((encoding) => accepted.includes(encoding)) ?? known[0]
  return encoding && encodedTag(tag, encoding)
}

/**
 * Tags every good answer with a body by its bytes, and answers 304 to a read by someone who has them.
 * The tag of one product begins with its version: `If-Match` compares that alone, so that a refresh
 * of the offers between a read and a change is no conflict.
 */
export default fp(
  async (app) => {
    app.decorateReply('version', 0)
    app.addHook<unknown>('onSend', (request, reply, payload, done) => {
      const read = request.method === 'GET' || request.method === 'HEAD'
      const good = reply.statusCode === 200 || reply.statusCode === 201
      if (!good || !(read || reply.version) || typeof payload !== 'string')
        return done(null, payload)
      const version = reply.version ? `${reply.version}-` : ''
      const tag = `"${version}${hash('sha1', payload, 'base64url')}"`
      reply.header('etag', tag)
      const { 'if-none-match': ifNoneMatch, 'accept-encoding': accepted } = request.headers
      if (!read || ifNoneMatch === undefined) return done(null, payload)
      const known = knownTag(ifNoneMatch, tag, accepted)
      if (known === undefined) return done(null, payload)
      reply.code(304).header('etag', known)
      reply.removeHeader('content-type').removeHeader('content-length')
      // Behind this, Fastify measures what HEAD would have sent, and then drops it.
      done(null, request.method === 'HEAD' ? payload : null)
    })
  },
  { name: 'etag' },
)

declare module 'fastify' {
  interface FastifyReply {
    /** The version of the product that is answered with; 0 for everything else. */
    version: number
  }
}
