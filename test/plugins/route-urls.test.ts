import fastify from 'fastify'
import t from 'tap'
import routeUrls from '../../plugins/route-urls.ts'

t.test('the paths of all routes are known, each once and with its prefix', async (t) => {
  const app = fastify()
  t.teardown(() => app.close())
  await app.register(routeUrls)
  app.get('/a', async () => '')
  app.post('/a', async () => '')
  app.register(async (scope) => scope.get('/:id', async () => ''), { prefix: '/b' })
  await app.ready()
  t.strictSame([...app.routeUrls], ['/a', '/b/:id'])
})
