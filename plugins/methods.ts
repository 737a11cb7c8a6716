import { METHODS } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

/**
 * Answers 405 with `Allow` to the other methods of every route that its scope has by now, so it is
 * to be registered last in each. They are routes of their own, since a lookup by path would take
 * `GET /products/batch` for a product.
 */
export default fp(
  async (app) => {
    for (const method of METHODS.filter((method) => !app.supportedMethods.includes(method))) {
      app.addHttpMethod(method)
    }
    for (const url of [...app.routeUrls].filter((url) => url.startsWith(app.prefix))) {
      const known = app.supportedMethods.filter((method) => app.hasRoute({ url, method }))
      const others = app.supportedMethods.filter((method) => !known.includes(method))
      if (others.length === 0) continue
      const allow = known.sort().join(', ')
      const refuse = async (request: FastifyRequest, reply: FastifyReply) => {
        reply.header('allow', allow)
        throw app.httpErrors.methodNotAllowed(`${request.method} is not one of ${allow}`)
      }
      app.route({
        method: others,
        url: url.slice(app.prefix.length),
        schema: { hide: true },
        onRequest: refuse, // Before the body is read.
        handler: refuse,
      })
    }
  },
  { name: 'methods', dependencies: ['route-urls'] },
)
