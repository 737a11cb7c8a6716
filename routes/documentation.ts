import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { REQUEST_ID } from '../http/request-id.ts'

/** The documentation page and the OpenAPI document, served by a separate app that is built on first use. */
const documentation: FastifyPluginAsyncTypebox = async (app) => {
  async function forward(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { routing } = await app.documentation()
    reply.hijack()
    request.raw.headers[REQUEST_ID] = request.id // Keeps the request id the same in both apps.
    routing(request.raw, reply.raw)
  }
  for (const url of ['/docs', '/docs/*']) app.get(url, { schema: { hide: true } }, forward)
}
export default documentation
