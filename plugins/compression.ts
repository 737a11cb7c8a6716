import compress from '@fastify/compress'
import type { onSendHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { ENCODINGS, encodedTag } from './etag.ts'

/** Also where nothing is compressed: a cache has to know that for another client it can be. */
const varyByEncoding: onSendHookHandler = (_request, reply, payload, done) => {
  if (reply.hasHeader('vary')) reply.vary('accept-encoding')
  else reply.header('vary', 'accept-encoding')
  done(null, payload)
}

const tagByEncoding: onSendHookHandler = (_request, reply, payload, done) => {
  const encoding = reply.getHeader('content-encoding')
  const tag = encoding && reply.getHeader('etag')
  if (tag) reply.header('etag', encodedTag(String(tag), String(encoding)))
  done(null, payload)
}

/** The same hooks, for requests that take an encoding at all. */
function whereAccepted(hooks: onSendHookHandler[]): onSendHookHandler[] {
  return hooks.map(
    (hook): onSendHookHandler =>
      function (request, reply, payload, done) {
        if (request.headers['accept-encoding'] === undefined) done(null, payload)
        else hook.call(this, request, reply, payload, done)
      },
  )
}

/**
 * Compresses the answers of its scope that have more than 1 KiB, for clients that take it; a route that
 * sends an answer as it comes says `compress: false`. Requests are not decompressed, see
 * `content-encoding.ts`.
 */
export default fp(
  async (app) => {
    await app.register(compress, {
      encodings: [...ENCODINGS],
      globalDecompression: false,
    })
    app.addHook('onSend', varyByEncoding)
    // A hook of each route, as the compression itself is, since those run behind all others.
    app.addHook('onRoute', (route) => {
      route.onSend = whereAccepted([route.onSend ?? []].flat().concat(tagByEncoding))
    })
  },
  { name: 'compression', dependencies: ['@fastify/sensible'] },
)
