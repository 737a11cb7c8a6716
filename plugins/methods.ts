import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { malformedUrl, pathOf } from '../http/unrouted.ts'
import { noSuchPath } from './paths.ts'

/** The paths that a route with this URL takes. */
const pathsOf = (url: string) => new RegExp(`^${url.replace(/:\w+/g, '[^/]+').replace('*', '.*')}$`)

/**
 * Answers 405 with `Allow` to the other methods of every route that its scope has by now, and 404 to
 * everything else that no route answers, so it is to be registered last in each scope.
 *
 * The methods that Fastify knows get routes of their own, since a lookup by path would take
 * `GET /products/batch` for a product. For the two dozen others, such as `LOCK`, that would take more
 * time and memory than all other routes; nothing else takes those, so they come to the end of the scope.
 */
export default fp(
  async (app) => {
    const allowed: [paths: RegExp, allow: string][] = []

    function refuse(request: FastifyRequest, reply: FastifyReply, allow: string): never {
      reply.header('allow', allow)
      throw app.httpErrors.methodNotAllowed(`${request.method} is not one of ${allow}`)
    }

    // Backwards by the alphabet, `/products/batch` comes before `/products/:id`, which takes it as well.
    const urls = [...app.routeUrls]
      .filter((url) => url.startsWith(app.prefix))
      .sort()
      .reverse()
    for (const url of urls) {
      const known = app.supportedMethods.filter((method) => app.hasRoute({ url, method }))
      const others = app.supportedMethods.filter((method) => !known.includes(method))
      if (others.length === 0) continue
      const allow = known.sort().join(', ')
      allowed.push([pathsOf(url), allow])
      const handler = async (request: FastifyRequest, reply: FastifyReply) =>
        refuse(request, reply, allow)
      app.route({
        method: others,
        url: url.slice(app.prefix.length),
        schema: { hide: true },
        onRequest: handler, // Before the body is read.
        handler,
      })
    }

    app.setNotFoundHandler((request, reply) => {
      if (malformedUrl(request.raw) !== undefined) {
        throw app.httpErrors.badRequest('The path is not valid percent-encoded UTF-8')
      }
      const path = pathOf(request.url)
      const known = app.supportedMethods.includes(request.method)
      const [, allow] = known ? [] : (allowed.find(([paths]) => paths.test(path)) ?? [])
      if (allow !== undefined) refuse(request, reply, allow)
      throw app.httpErrors.notFound(noSuchPath(request.url))
    })
  },
  { name: 'methods', dependencies: ['route-urls'] },
)
