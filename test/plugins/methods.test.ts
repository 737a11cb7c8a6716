import { METHODS } from 'node:http'
import sensible from '@fastify/sensible'
import fastify from 'fastify'
import t from 'tap'
import methods from '../../plugins/methods.ts'
import routeUrls from '../../plugins/route-urls.ts'
import { startApp } from '../helper.ts'
import { NO_UPSTREAM, UNKNOWN_ID } from '../routes/helper.ts'

t.test('every path of the service answers 405 to every other method that HTTP knows', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const paths = [...app.routeUrls].filter((url) => !url.includes('*'))
  t.ok(paths.length >= 10)
  const wrong: string[] = []
  for (const path of paths) {
    const url = path.replace(':id', UNKNOWN_ID)
    const { allow } = (await app.inject({ method: 'TRACE', url })).headers
    const allowed = String(allow).split(', ')
    // CONNECT never comes to a handler: Node has an event of its own for it.
    for (const method of METHODS.filter((method) => !['CONNECT', ...allowed].includes(method))) {
      const response = await app.inject({ method: method as 'TRACE', url })
      if (response.statusCode !== 405 || response.headers.allow !== allow) {
        wrong.push(`${method} ${url}: ${response.statusCode}`)
      }
    }
    if (path.endsWith('/stream')) continue // Its answer to GET does not end.
    for (const method of allowed) {
      const response = await app.inject({ method: method as 'TRACE', url })
      if (response.statusCode === 405) wrong.push(`${method} ${url}: 405, though it is allowed`)
    }
  }
  t.strictSame(wrong, [])
})

t.test('in a scope the methods of its own routes alone are refused', async (t) => {
  const app = fastify()
  t.teardown(() => app.close())
  app.register(sensible)
  app.register(routeUrls)
  app.get('/outside', async () => 'outside')
  app.register(
    async (scope) => {
      scope.get('/inside', async () => 'inside')
      scope.register(methods)
    },
    { prefix: '/scope' },
  )
  t.equal((await app.inject({ method: 'POST', url: '/scope/inside' })).statusCode, 405)
  t.equal((await app.inject({ method: 'POST', url: '/outside' })).statusCode, 404)
  t.equal((await app.inject('/scope/inside')).body, 'inside')
})

t.test('a path that knows every method is left alone', async (t) => {
  const app = fastify()
  t.teardown(() => app.close())
  app.register(sensible)
  app.register(routeUrls)
  app.register(async (scope) => {
    for (const method of METHODS.filter((name) => !scope.supportedMethods.includes(name))) {
      scope.addHttpMethod(method)
    }
    scope.all('/any', async () => 'any')
    scope.register(methods)
  })
  t.equal((await app.inject({ method: 'TRACE', url: '/any' })).body, 'any')
})

t.test('a method that only few know finds nothing where there is nothing', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  for (const url of ['/nope', '/api/v1/nope?x=/api/v1/products']) {
    const response = await app.inject({ method: 'LOCK' as 'TRACE', url })
    t.equal(response.statusCode, 404)
    t.match(response.json().message, /^There is no [^?]+$/)
  }
})

t.test('the body of a refused request is not read', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const response = await app.inject({
    method: 'PUT',
    url: '/api/v1/products',
    headers: { 'content-type': 'application/json' },
    payload: '{"name"',
  })
  t.equal(response.statusCode, 405)
})
