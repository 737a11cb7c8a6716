import compress from '@fastify/compress'
import type { onSendAsyncHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { ENCODINGS, encodedTag } from './etag.ts'

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
    // A hook of each route, as the compression itself is, since those run behind all others.
    app.addHook('onRoute', (route) => {
      route.onSend = [route.onSend ?? []].flat().concat(tagByEncoding)
    })
  },
  { name: 'compression' },
)
