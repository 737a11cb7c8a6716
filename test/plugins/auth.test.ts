import t from 'tap'
import { eventually, startApp } from '../helper.ts'
import { type App, isError, NO_UPSTREAM, PRODUCTS, UNKNOWN_ID } from '../routes/helper.ts'
import { readDocument } from '../routes/openapi-document.ts'
import { buildLogged } from './helper.ts'

const API_TOKEN = 'full-5ecret'
const API_READ_TOKEN = 'read-5ecret'
const MISSING = 'Send a token in the header Authorization: Bearer <token>'
const WRONG = 'The token is not valid; use one from API_TOKEN or API_READ_TOKEN'
const READ_ONLY = 'The token is read-only; use one from API_TOKEN to write'

const send = (
  app: App,
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS',
  url: string,
  authorization?: string,
) => app.inject({ method, url, headers: authorization === undefined ? {} : { authorization } })

t.test('without API_TOKEN no token is needed', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  t.equal((await app.inject(PRODUCTS)).statusCode, 200)
  t.equal((await send(app, 'GET', PRODUCTS, 'Bearer whatever')).statusCode, 200)
})

t.test('with API_TOKEN', async (t) => {
  const app = await startApp(t, { ...NO_UPSTREAM, API_TOKEN })

  const credentials: [what: string, authorization: string | undefined, message: string][] = [
    ['no header', undefined, MISSING],
    ['an empty header', '', MISSING],
    ['another scheme', `Basic ${API_TOKEN}`, MISSING],
    ['the token without a scheme', API_TOKEN, MISSING],
    ['a scheme without a token', 'Bearer ', MISSING],
    ['two tokens', `Bearer ${API_TOKEN} ${API_TOKEN}`, MISSING],
    ['another token', 'Bearer nope', WRONG],
    ['the beginning of the token', `Bearer ${API_TOKEN.slice(0, -1)}`, WRONG],
    ['the token and more', `Bearer ${API_TOKEN}0`, WRONG],
    ['the token in capitals', `Bearer ${API_TOKEN.toUpperCase()}`, WRONG],
    ['a read token where none is set', `Bearer ${API_READ_TOKEN}`, WRONG],
  ]
  for (const [what, authorization, message] of credentials) {
    await t.test(`${what} is a 401 that asks for one`, async (t) => {
      const response = await send(app, 'GET', PRODUCTS, authorization)
      isError(t, response, 401, message)
      t.equal(
        response.headers['www-authenticate'],
        message === WRONG ? 'Bearer error="invalid_token"' : 'Bearer',
      )
      t.notMatch(response.body, '5ecret')
    })
  }

  for (const scheme of ['Bearer', 'bearer', 'BEARER', 'Bearer  ']) {
    await t.test(`the token is good with the scheme "${scheme}"`, async (t) => {
      const authorization = `${scheme} ${API_TOKEN}`
      t.equal((await send(app, 'GET', PRODUCTS, authorization)).statusCode, 200)
      t.equal((await send(app, 'POST', PRODUCTS, authorization)).statusCode, 400)
    })
  }

  const wanted = [
    ['GET', `${PRODUCTS}/${UNKNOWN_ID}`],
    ['HEAD', PRODUCTS],
    ['POST', PRODUCTS],
    ['POST', `${PRODUCTS}/batch`],
    ['PATCH', `${PRODUCTS}/${UNKNOWN_ID}`],
    ['DELETE', `${PRODUCTS}/${UNKNOWN_ID}`],
    ['GET', `${PRODUCTS}/${UNKNOWN_ID}/offers`],
    ['GET', '/api/v1/status'],
    ['GET', '/api/v1'],
    ['GET', '/api/v1/'],
    ['GET', '/api/v1/nope'],
    ['PUT', '/api/v1/nope'],
    ['PUT', PRODUCTS],
    ['OPTIONS', PRODUCTS],
    ['GET', `${PRODUCTS}/batch`],
  ] as const
  for (const [method, url] of wanted) {
    await t.test(`${method} ${url} without a token is a 401`, async (t) => {
      const response = await send(app, method, url)
      t.equal(response.statusCode, 401)
      t.equal(response.headers.allow, undefined)
    })
  }

  await t.test('with the token an unknown path is a 404, another method a 405', async (t) => {
    const authorization = `Bearer ${API_TOKEN}`
    t.equal((await send(app, 'GET', '/api/v1/nope', authorization)).statusCode, 404)
    t.equal((await send(app, 'PUT', PRODUCTS, authorization)).statusCode, 405)
  })

  for (const url of ['/', '/docs', '/docs/json', '/health/live', '/health/ready', '/metrics']) {
    await t.test(`${url} stays open`, async (t) => {
      t.ok((await app.inject(url)).statusCode < 400)
    })
  }
})

t.test('API_READ_TOKEN only allows reading', async (t) => {
  const app = await startApp(t, { ...NO_UPSTREAM, API_TOKEN, API_READ_TOKEN })
  const authorization = `Bearer ${API_READ_TOKEN}`
  for (const method of ['GET', 'HEAD'] as const) {
    t.equal((await send(app, method, PRODUCTS, authorization)).statusCode, 200, method)
  }
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const) {
    await t.test(`${method} is a 403`, async (t) => {
      const response = await send(app, method, PRODUCTS, authorization)
      isError(t, response, 403, READ_ONLY)
      t.equal(response.headers['www-authenticate'], 'Bearer error="insufficient_scope"')
    })
  }
  t.equal((await send(app, 'POST', PRODUCTS, `Bearer ${API_TOKEN}`)).statusCode, 400)
  t.equal((await send(app, 'GET', PRODUCTS, 'Bearer nope')).statusCode, 401)
})

t.test('the document names the header that tells what is wrong with a token', async (t) => {
  const app = await startApp(t, { ...NO_UPSTREAM, API_TOKEN, API_READ_TOKEN })
  const { paths } = await readDocument(app)
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { responses }] of Object.entries(operations)) {
      for (const status of ['401', '403'].filter((status) => responses[status])) {
        await t.test(`${status} of ${method} ${path}`, async (t) => {
          const token = status === '401' ? 'nope' : API_READ_TOKEN
          const url = path.replaceAll(/\{\w+\}/g, UNKNOWN_ID)
          const answer = await send(app, method.toUpperCase() as 'GET', url, `Bearer ${token}`)
          t.equal(answer.statusCode, Number(status))
          for (const name of Object.keys(responses[status]?.headers ?? {})) {
            t.ok(answer.headers[name.toLowerCase()], name)
          }
          t.match(responses[status]?.headers, { 'WWW-Authenticate': {} })
        })
      }
    }
  }
})

t.test('each of several tokens allows what its kind allows', async (t) => {
  const app = await startApp(t, {
    ...NO_UPSTREAM,
    API_TOKEN: 'old-5ecret, new-5ecret',
    API_READ_TOKEN: 'old-reader,new-reader',
  })
  const statuses: [token: string, get: number, post: number][] = [
    ['old-5ecret', 200, 400],
    ['new-5ecret', 200, 400],
    ['old-reader', 200, 403],
    ['new-reader', 200, 403],
    ['old-5ecret,', 401, 401],
    ['old-5ecret,new-5ecret', 401, 401],
    [',', 401, 401],
  ]
  for (const [token, get, post] of statuses) {
    t.equal((await send(app, 'GET', PRODUCTS, `Bearer ${token}`)).statusCode, get, token)
    t.equal((await send(app, 'POST', PRODUCTS, `Bearer ${token}`)).statusCode, post, token)
  }
})

t.test('no token comes into the log', async (t) => {
  const { app, lines } = await buildLogged(t, {
    API_TOKEN,
    API_READ_TOKEN,
    OFFERS_REFRESH_TOKEN: 'refresh-5ecret',
  })
  await app.ready()
  for (const token of [API_TOKEN, API_READ_TOKEN, 'another-5ecret']) {
    for (const method of ['GET', 'POST'] as const) {
      await app.inject({
        method,
        url: PRODUCTS,
        headers: { authorization: `Bearer ${token}` },
        payload: method === 'POST' ? { name: 'Mower' } : undefined,
      })
    }
  }
  await eventually(() => lines.some(({ fault }) => fault === 'unavailable'))
  t.notMatch(JSON.stringify(lines), '5ecret')
})
