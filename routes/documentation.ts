import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** The documentation page and its OpenAPI document, from an app of their own. */
const documentation: FastifyPluginAsyncTypebox = async (app) => {
  async function forward(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { routing } = await app.documentation()
    reply.hijack()
    routing(request.raw, reply.raw)
  }
  for (const url of ['/docs', '/docs/*']) app.get(url, { schema: { hide: true } }, forward)
}
export default documentation
