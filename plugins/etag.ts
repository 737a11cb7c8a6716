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

/** Whether an `If-None-Match` header names this tag, in any encoding, by weak comparison. */
export function noneMatches(ifNoneMatch: string, tag: string): boolean {
  if (ifNoneMatch.trim() === '*') return true
  const known = new Set([tag, ...ENCODINGS.map((encoding) => encodedTag(tag, encoding))])
  return ifNoneMatch.split(',').some((candidate) => known.has(candidate.trim().replace(/^W\//, '')))
}

/**
 * Tags every good answer with a body by its bytes, and answers 304 to a read by someone who has them.
 * The tag of one product begins with its version: `If-Match` compares that alone, so that a refresh
 * of the offers between a read and a change is no conflict.
 */
export default fp(
  async (app) => {
    app.decorateReply('version', 0)
    app.addHook('onSend', async (request, reply, payload) => {
      const read = request.method === 'GET' || request.method === 'HEAD'
      const good = reply.statusCode === 200 || reply.statusCode === 201
      if (!good || !(read || reply.version) || typeof payload !== 'string') return payload
      const version = reply.version ? `${reply.version}-` : ''
      const tag = `"${version}${hash('sha1', payload, 'base64url')}"`
      reply.header('etag', tag)
      const known = request.headers['if-none-match']
      if (!read || known === undefined || !noneMatches(known, tag)) return payload
      reply.code(304).removeHeader('content-type').removeHeader('content-length')
      // Behind this, Fastify measures what HEAD would have sent, and then drops it.
      return request.method === 'HEAD' ? payload : null
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
