import type { onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { pathOf } from '../http/unrouted.ts'

/** The message for a path that is not served. */
export function noSuchPath(url: string): string {
  const path = pathOf(url)
  if (path.length > 1 && path.endsWith('/')) {
    return `There is no ${path}; remove the slash at the end`
  }
  const empty = path.includes('//') ? '; it has an empty part between two slashes' : ''
  return `There is no ${path}${empty}`
}

/** Answers 404 to paths with an empty id, such as `/products/`, which the router treats like any other id. */
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
