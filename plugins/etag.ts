import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

/** The encodings of compressed answers. */
export const ENCODINGS = ['br', 'gzip'] as const

/** The tag of an answer with these bytes, or that is determined by this text; it begins with the version, if there is one. */
export function tagOf(text: string, version = 0): string {
  return `"${version ? `${version}-` : ''}${hash('sha1', text, 'base64url')}"`
}

/** The tag of an answer in an encoding, which has other bytes and so another tag (RFC 9110, section 8.8.3.3). */
export function encodedTag(tag: string, encoding: string): string {
  return `${tag.slice(0, -1)}-${encoding}"`
}

/**
 * The versions that an `If-Match` header names; undefined (any version) if it is missing or `*`. Weak and
 * foreign tags name no version (RFC 9110, sections 8.8.3.2 and 13.1.1).
 */
export function versionsOf(ifMatch: string | undefined): number[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined
  return ifMatch.split(',').flatMap((tag) => {
    const version = /^"(\d{1,15})-/.exec(tag.trim())?.[1]
    return version === undefined ? [] : [Number(version)]
  })
}

/**
 * The tag in an `If-None-Match` header that matches the answer with this plain tag, in any encoding, by weak
 * comparison; undefined if none does. If several match, it prefers an encoding that the client accepts: a
 * cache lists every variant that it holds, and uses the returned tag to choose one.
 */
export function knownTag(ifNoneMatch: string, tag: string, accepted = ''): string | undefined {
  // Most clients send the one tag that they got, which is the fastest to compare.
  if (ifNoneMatch === tag) return tag
  if (ENCODINGS.some((encoding) => ifNoneMatch === encodedTag(tag, encoding))) return ifNoneMatch
  if (ifNoneMatch.trim() === '*') return tag
  const named = new Set(ifNoneMatch.split(',').map((each) => each.trim().replace(/^W\//, '')))
  if (named.has(tag)) return tag
  const known = ENCODINGS.filter((encoding) => named.has(encodedTag(tag, encoding)))
  const encoding = known.find((encoding) => accepted.includes(encoding)) ?? known[0]
  return encoding && encodedTag(tag, encoding)
}

/** Whether a GET names tags, so that it is worthwhile to find the current one before the answer. */
export function namesTags({ method, headers }: FastifyRequest): boolean {
  const named = headers['if-none-match']
  return method === 'GET' && named !== undefined && named.trim() !== '*'
}

/**
 * Makes the answer with this tag a 304 if the client has it. Returns whether it did: then the handler of a GET has
 * nothing to return.
 */
export function isNotModified(request: FastifyRequest, reply: FastifyReply, tag: string): boolean {
  const { 'if-none-match': ifNoneMatch, 'accept-encoding': accepted } = request.headers
  const known = ifNoneMatch === undefined ? undefined : knownTag(ifNoneMatch, tag, accepted)
  if (known === undefined) return false
  reply.code(304).header('etag', known)
  return true
}

/**
 * Gives every successful answer with a body an `ETag`, and answers 304 to clients that already have it. It is made from
 * the bytes of the answer, unless the route knows a cheaper one. The tag of a product, alert or webhook begins with its
 * version. `If-Match` compares only the version, so refreshing the offers, a firing or a delivery between a read and a
 * write causes no conflict.
 */
export default fp(
  async (app) => {
    app.decorateReply('version', 0)
    app.decorateReply('tag', '')
    app.addHook<unknown>('onSend', (request, reply, payload, done) => {
      const read = request.method === 'GET' || request.method === 'HEAD'
      const good = reply.statusCode === 200 || reply.statusCode === 201
      if (!good || !(read || reply.version) || typeof payload !== 'string')
        return done(null, payload)
      const tag = reply.tag || tagOf(payload, reply.version)
      reply.header('etag', tag)
      if (!read || !isNotModified(request, reply, tag)) return done(null, payload)
      reply.removeHeader('content-type').removeHeader('content-length')
      // For HEAD, Fastify takes the length of the payload after this hook, and then drops the payload.
      done(null, request.method === 'HEAD' ? payload : null)
    })
  },
  { name: 'etag' },
)

declare module 'fastify' {
  interface FastifyReply {
    /** The version of the product, alert or webhook in the answer; 0 if the answer is anything else. */
    version: number
    /** The tag of the answer, if the route knows one that changes whenever the bytes do; empty otherwise. */
    tag: string
  }
}
