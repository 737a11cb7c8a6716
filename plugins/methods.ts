import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { lacksHost, malformedUrl, pathOf } from '../http/unrouted.ts'
import { noSuchPath } from './paths.ts'

/** Matches the paths of a route with this URL. */
const pathsOf = (url: string) => new RegExp(`^${url.replace(/:\w+/g, '[^/]+').replace('*', '.*')}$`)

/**
 * Answers 405 with `Allow` to unsupported methods of the routes registered in its scope so far, and 404 to
 * other requests that no route answers. Register it last in each scope.
 *
 * The methods that Fastify knows get routes of their own, because otherwise `GET /products/batch` would reach
 * the route of a product. Routes for the two dozen others, such as `LOCK`, would cost more time and memory
 * than all other routes together. Requests with those methods match no route, so the not-found handler answers
 * them.
 */
export default fp(
  async (app) => {
    const allowed: [paths: RegExp, allow: string][] = []

    function refuse(request: FastifyRequest, reply: FastifyReply, allow: string): never {
      reply.header('allow', allow)
      throw app.httpErrors.methodNotAllowed(
        `The method ${request.method} is not supported here; use ${allow}`,
      )
    }

    // In reverse alphabetical order, `/products/batch` precedes `/products/:id`, which matches it too.
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
        onRequest: handler, // Refuses the request before its body is read.
        handler,
      })
    }

    function refuseUnknown(request: FastifyRequest, reply: FastifyReply): never {
      if (malformedUrl(request.raw) !== undefined) {
        throw app.httpErrors.badRequest('The path is not valid percent-encoded UTF-8')
      }
      const path = pathOf(request.url)
      const known = app.supportedMethods.includes(request.method)
      const [, allow] = known ? [] : (allowed.find(([paths]) => paths.test(path)) ?? [])
      if (allow !== undefined) refuse(request, reply, allow)
      throw app.httpErrors.notFound(noSuchPath(request.url))
    }
    app.setNotFoundHandler(refuseUnknown)
    // Refuses the request before its body is read: what is wrong with that says nothing about the path.
    app.addHook('onRequest', (request, reply, done) => {
      if (request.is404 && !lacksHost(request)) refuseUnknown(request, reply)
      done()
    })
  },
  { name: 'methods', dependencies: ['route-urls'] },
)
