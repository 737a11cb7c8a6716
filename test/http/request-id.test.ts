import t from 'tap'
import { requestIds } from '../../http/request-id.ts'
import { startApp } from '../helper.ts'
import { buildLogged } from '../plugins/helper.ts'
import { NO_UPSTREAM, PRODUCTS, UNKNOWN_ID } from '../routes/helper.ts'

const given: [what: string, id: string, taken: boolean][] = [
  ['a UUID', '019aa9f0-5c00-7000-8000-000000000001', true],
  ['one of AWS', 'Root=1-67891233-abcdef012345678912345678', true],
  ['base64', 'q83v/+w=', true],
  ['one character', 'x', true],
  ['128 characters', 'x'.repeat(128), true],
  ['129 characters', 'x'.repeat(129), false],
  ['nothing', '', false],
  ['blanks', 'a b', false],
  ['two in a list', 'a, b', false],
  ['a line break', 'a\nb', false],
  ['markup', '<b>', false],
  ['quotes', '"a"', false],
  ['letters beyond ASCII', 'č', false],
]

t.test('the id of a request is the one that it came with, if that is acceptable', async (t) => {
  const idOf = requestIds(35)
  for (const [what, id, taken] of given) {
    t.equal(idOf({ headers: { 'x-request-id': id } }) === id, taken, what)
  }
})

t.test('other requests are numbered, after a prefix for the run of the service', async (t) => {
  const idOf = requestIds(35)
  t.strictSame([idOf({ headers: {} }), idOf(), idOf()], ['z-1', 'z-2', 'z-3'])
})

/** Requests that are answered in every way, with the status of the answer. */
const requests = [
  ['GET', PRODUCTS, 200],
  ['HEAD', PRODUCTS, 200],
  ['POST', PRODUCTS, 400],
  ['GET', `${PRODUCTS}/${UNKNOWN_ID}`, 404],
  ['GET', `${PRODUCTS}/`, 404],
  ['GET', `${PRODUCTS}/%ff`, 400],
  ['PUT', PRODUCTS, 405],
  ['LOCK', PRODUCTS, 405],
  ['GET', '/nope', 404],
  ['GET', '/', 200],
  ['GET', '/docs', 200],
  ['GET', '/docs/json', 200],
  ['GET', '/docs/nope/nope', 404],
  ['GET', '/health/live', 200],
  ['GET', '/metrics', 200],
] as const

t.test('every answer has the id that its line in the log has', async (t) => {
  const { app, lines } = await buildLogged(t, NO_UPSTREAM)
  app.get('/broken', { schema: { hide: true } }, async () => {
    throw new Error('broken')
  })
  await app.ready()
  for (const [method, url, status] of [...requests, ['GET', '/broken', 500] as const]) {
    for (const id of [undefined, 'mine-1']) {
      await t.test(`${method} ${url} ${id ?? ''}`, async (t) => {
        lines.length = 0
        const headers = id === undefined ? {} : { 'x-request-id': id }
        const response = await app.inject({ method: method as 'GET', url, headers })
        t.equal(response.statusCode, status)
        const answered = String(response.headers['x-request-id'])
        if (id === undefined) t.match(answered, /^[a-z0-9]+-\d+$/)
        else t.equal(answered, id)
        const logged = lines.filter(({ reqId }) => reqId !== undefined)
        t.ok(logged.length >= 1)
        for (const { reqId } of logged) t.equal(reqId, answered)
        if (status === 500) t.match(response.json().message, `the request id ${answered}`)
      })
    }
  }
})

t.test('an answer that wants a token has an id', async (t) => {
  const app = await startApp(t, { ...NO_UPSTREAM, API_TOKEN: 'token' })
  t.match((await app.inject(PRODUCTS)).headers['x-request-id'], /-\d+$/)
})

t.test('the document has the id with every answer', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const { paths } = (await app.inject('/docs/json')).json<{
    paths: Record<string, Record<string, { responses: Record<string, { headers?: object }> }>>
  }>()
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { responses }] of Object.entries(operations)) {
      for (const [status, { headers = {} }] of Object.entries(responses)) {
        t.ok('X-Request-Id' in headers, `${method} ${path} ${status}`)
      }
    }
  }
})
