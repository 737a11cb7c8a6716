import compress from '@fastify/compress'
import type { onSendHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { ENCODINGS, encodedTag } from './etag.ts'

/** Uncompressed answers need `Vary` too: a cache must know that another client may get a compressed one. */
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

/** The same hooks, run only for requests that accept an encoding. */
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
 * Compresses answers over 1 KiB in its scope for clients that accept it. Routes that stream their answers opt
 * out with `compress: false`. Requests are not decompressed; see `content-encoding.ts`.
 */
export default fp(
  async (app) => {
    await app.register(compress, {
      encodings: [...ENCODINGS],
      globalDecompression: false,
    })
    app.addHook('onSend', varyByEncoding)
    // Compression runs in hooks of the routes, after all other hooks, so the tag must be changed there as well.
    app.addHook('onRoute', (route) => {
      route.onSend = whereAccepted([route.onSend ?? []].flat().concat(tagByEncoding))
    })
  },
  { name: 'compression', dependencies: ['@fastify/sensible'] },
)
