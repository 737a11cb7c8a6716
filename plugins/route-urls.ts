import fp from 'fastify-plugin'

/** Decorates `app.routeUrls`: the paths of all routes so far, as they were registered. */
export default fp(
  async (app) => {
    const urls = new Set<string>()
    app.decorate('routeUrls', urls)
    app.addHook('onRoute', ({ url }) => {
      urls.add(url)
    })
  },
  { name: 'route-urls' },
)

declare module 'fastify' {
  interface FastifyInstance {
    routeUrls: ReadonlySet<string>
  }
}
