import type { onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { pathOf } from '../http/unrouted.ts'

/** What to say of a path that is not served. */
export function noSuchPath(url: string): string {
  const path = pathOf(url)
  if (path.length > 1 && path.endsWith('/')) {
    return `There is no ${path}; leave out the slash at its end`
  }
  const empty = path.includes('//') ? '; a part of it, between two slashes, is empty' : ''
  return `There is no ${path}${empty}`
}

/**
 * Answers 404 where a part of a path that stands for an id is empty, as in `/products/`: for the router
 * that is an id like any other.
 */
export default fp(
  async (app) => {
    app.addHook('onRoute', (route) => {
      const names = Array.from(route.url.matchAll(/:(\w+)/g), ([, name = '']) => name)
      if (names.length === 0) return
      const refuseEmpty: onRequestHookHandler = (request, _reply, done) => {
        const params: Record<string, unknown> = Object(request.params)
        if (names.some((name) => params[name] === '')) {
          done(app.httpErrors.notFound(noSuchPath(request.url)))
        } else done()
      }
      route.onRequest = [refuseEmpty, ...[route.onRequest ?? []].flat()]
    })
  },
  { name: 'paths', dependencies: ['@fastify/sensible'] },
)
