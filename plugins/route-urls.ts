import fp from 'fastify-plugin'

/** Decorates `app.routeUrls`: the URLs of all routes registered so far, with their parameters as `:name`. */
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
