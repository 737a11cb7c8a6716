import compress from '@fastify/compress'
import type { onSendAsyncHookHandler, onSendHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { ENCODINGS, encodedTag } from './etag.ts'

/** Also where nothing is compressed: a cache has to know that for another client it can be. */
const varyByEncoding: onSendHookHandler = (_request, reply, payload, done) => {
  reply.vary('accept-encoding')
  done(null, payload)
}

const tagByEncoding: onSendAsyncHookHandler = async (_request, reply, payload) => {
  const [encoding, tag] = [reply.getHeader('content-encoding'), reply.getHeader('etag')]
  if (encoding && tag) reply.header('etag', encodedTag(String(tag), String(encoding)))
  return payload
}

/**
 * Compresses the answers of its scope that have more than 1 KiB, for clients that take it; a route that
 * sends an answer as it comes says `compress: false`. Compressed requests are not taken: what they
 * unpack to has no bound.
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
      route.onSend = [route.onSend ?? []].flat().concat(tagByEncoding)
    })
  },
  { name: 'compression', dependencies: ['@fastify/sensible'] },
)
