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
  const app = await startApp(t, { ...NO_UPSTREAM, API_TOKEN: 'secret' })
  const bodies: [what: string, type: string, payload: string][] = [
    ['JSON', 'application/json', '{"name":"Mower"}'],
    ['half a JSON text', 'application/json', '{"name"'],
    ['a body that is too large', 'application/json', `"${'a'.repeat(512 * 1024)}"`],
    ['a body of another kind', 'text/plain', 'Mower'],
  ]
  const refused: [method: 'POST' | 'PUT', url: string, status: number][] = [
    ['PUT', '/api/v1/products', 405],
    ['POST', '/api/v1/product', 404],
    ['POST', '/product', 404],
    ['POST', '/api/v1/%ff', 400],
  ]
  for (const [method, url, status] of refused) {
    for (const [what, type, payload] of bodies) {
      await t.test(`${method} ${url} with ${what} is a ${status}`, async (t) => {
        const headers = { 'content-type': type, authorization: 'Bearer secret' }
        const response = await app.inject({ method, url, headers, payload })
        t.equal(response.statusCode, status)
        t.match(response.json().message, /method|There is no|percent-encoded/)
      })
    }
  }
  const headers = { 'content-type': 'application/json' }
  const url = '/api/v1/product'
  t.equal((await app.inject({ method: 'POST', url, headers, payload: '{' })).statusCode, 401)
})
