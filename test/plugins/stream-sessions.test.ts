import t, { type Test } from 'tap'
import { SESSION_MS } from '../../plugins/stream-sessions.ts'
import { startApp, temporaryFolder } from '../helper.ts'
import { type App, isError, NO_UPSTREAM, PRODUCTS, startStill } from '../routes/helper.ts'
import { buildLogged } from './helper.ts'

const SESSION = '/api/v1/changes/session'
const STREAM = '/api/v1/changes/stream'
const NOW = Date.UTC(2026, 10, 22, 8)
const tokens = { API_TOKEN: 'full-5ecret,next-5ecret', API_READ_TOKEN: 'read-5ecret' }
const ENDED =
  'The session has expired or is unknown; get a new one from GET /api/v1/changes/session'

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Opens a session; gives the whole answer and the cookie as a browser sends it. */
async function open(app: App, token = 'read-5ecret', headers: Record<string, string> = {}) {
  const response = await app.inject({ url: SESSION, headers: { ...bearer(token), ...headers } })
  const setCookie = String(response.headers['set-cookie'])
  return { response, setCookie, cookie: setCookie.split(';')[0] ?? '' }
}

/** The answer to a request with these headers, broken off where it has no end. */
async function send(
  app: App,
  headers: Record<string, string>,
  url = STREAM,
  method: 'GET' | 'HEAD' | 'POST' = 'GET',
) {
  const controller = new AbortController()
  const { signal } = controller
  const response = await app.inject({ method, url, headers, signal, payloadAsStream: true })
  response.stream().on('error', () => {}) // It is broken off.
  controller.abort()
  return response
}

const start = (t: Test, variables: Record<string, string> = tokens) => startStill(t, NOW, variables)

t.test('a token of either kind gives a cookie for the stream', async (t) => {
  const { app } = await start(t)
  for (const token of ['full-5ecret', 'next-5ecret', 'read-5ecret']) {
    await t.test(token, async (t) => {
      const { response, setCookie, cookie } = await open(app, token)
      t.equal(response.statusCode, 200)
      t.strictSame(response.json(), { expires_at: '2026-11-22T09:00:00.000Z' })
      t.equal(response.headers['cache-control'], 'no-store')
      t.match(
        setCookie,
        /^changes_session=[0-9a-z]+\.[\w-]{43}; Max-Age=3600; Path=\/api\/v1\/changes\/stream; HttpOnly; SameSite=Strict$/,
      )
      t.notMatch(setCookie, '5ecret')
      t.equal((await send(app, { cookie })).statusCode, 200)
      t.equal((await send(app, { cookie: `a=b; ${cookie}; c=d` })).statusCode, 200)
      t.equal((await send(app, { cookie }, STREAM, 'HEAD')).statusCode, 200)
    })
  }
})

t.test('a session wants a token', async (t) => {
  const { app } = await start(t)
  isError(t, await app.inject(SESSION), 401, /^Send a token/)
  t.equal((await open(app, 'wrong')).response.statusCode, 401)
  const { cookie } = await open(app)
  t.equal((await app.inject({ url: SESSION, headers: { cookie } })).statusCode, 401)
})

t.test('a session only allows the stream', async (t) => {
  const { app } = await start(t)
  const { cookie } = await open(app)
  for (const url of ['/api/v1/changes', PRODUCTS, '/api/v1/status', '/api/v1/nope', `${STREAM}/`]) {
    t.equal((await send(app, { cookie }, url)).statusCode, 401, url)
  }
  t.equal((await send(app, { cookie }, STREAM, 'POST')).statusCode, 401)
})

t.test('a token in a header counts before the cookie', async (t) => {
  const { app } = await start(t)
  const { cookie } = await open(app)
  t.equal((await send(app, { cookie, ...bearer('wrong') })).statusCode, 401)
  t.equal(
    (await send(app, { cookie: 'changes_session=x', ...bearer('read-5ecret') })).statusCode,
    200,
  )
})

t.test('a cookie that is not one is refused', async (t) => {
  const { app } = await start(t)
  const { cookie } = await open(app)
  const later = (NOW + SESSION_MS - 1).toString(36)
  const bad = [
    'changes_session=',
    'changes_session=x',
    'changes_session=%00',
    cookie.slice(0, -1),
    `${cookie}A`,
    cookie.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')),
    cookie.replace(/=[0-9a-z]+/, `=${later}`),
    cookie.replace(/=[0-9a-z]+/, '='),
    cookie.replace(/=[0-9a-z]+/, '=zzzzzzzzzzz'),
  ]
  for (const wrong of bad) {
    await t.test(wrong, async (t) => {
      const response = await app.inject({ url: STREAM, headers: { cookie: wrong } })
      isError(t, response, 401, ENDED)
      t.equal(response.headers['www-authenticate'], 'Bearer error="invalid_token"')
    })
  }
  isError(t, await app.inject({ url: STREAM, headers: { cookie: 'a=b' } }), 401, /^Send a token/)
})

const moments: [what: string, ms: number, status: number][] = [
  ['at once', 0, 200],
  ['just before its end', SESSION_MS - 1, 200],
  ['at its end', SESSION_MS, 401],
  ['a day later', 86_400_000, 401],
  ['where the clock was put back by a minute', -60_000, 401],
  ['where the clock was put back by a day', -86_400_000, 401],
]
t.test('a session is valid for an hour', async (t) => {
  const { app, time } = await start(t)
  const { cookie } = await open(app)
  for (const [what, ms, status] of moments) {
    time.now = NOW + ms
    t.equal((await send(app, { cookie })).statusCode, status, what)
  }
})

t.test('the cookie is for TLS alone where the client came by it', async (t) => {
  const { app } = await start(t)
  const by = async (headers: Record<string, string>) =>
    (await open(app, 'full-5ecret', headers)).setCookie.endsWith('; Secure')
  t.ok(await by({ 'x-forwarded-proto': 'https' }))
  t.ok(await by({ 'x-forwarded-proto': 'https, http' }))
  t.ok(await by({ forwarded: 'for=192.0.2.1;proto=https' }))
  t.notOk(await by({ 'x-forwarded-proto': 'http' }))
  t.notOk(await by({}))
})

t.test('a session outlives a restart, and ends with its token', async (t) => {
  const folder = await temporaryFolder(t)
  const variables = { ...NO_UPSTREAM, DATABASE_URL: `file:${folder}/test.db` }
  const run = async <T>(more: Record<string, string>, use: (app: App) => Promise<T>) => {
    const app = await startApp(t, { ...variables, ...more })
    const result = await use(app)
    await app.close()
    return result
  }
  const { cookie } = await run(tokens, (app) => open(app, 'full-5ecret'))
  const status = (app: App) => send(app, { cookie }).then(({ statusCode }) => statusCode)
  t.equal(await run({ API_TOKEN: 'full-5ecret' }, status), 200)
  t.equal(await run({ API_TOKEN: 'third,full-5ecret' }, status), 200)
  t.equal(await run({ API_TOKEN: 'next-5ecret' }, status), 401)
})

t.test('if no token is required, there is no cookie and no session', async (t) => {
  const { app } = await start(t, {})
  for (const headers of [{}, bearer('any')]) {
    const response = await app.inject({ url: SESSION, headers })
    t.strictSame(response.json(), { expires_at: null })
    t.equal(response.headers['set-cookie'], undefined)
  }
  t.equal((await send(app, { cookie: 'changes_session=x' })).statusCode, 200)
})

t.test('neither cookies nor tokens come into the log', async (t) => {
  const { app, lines } = await buildLogged(t, tokens)
  await app.ready()
  const { cookie } = await open(app)
  await send(app, { cookie })
  await send(app, { cookie: `${cookie}0` })
  t.ok(lines.some(({ req }) => req?.url === STREAM))
  t.notMatch(JSON.stringify(lines), '5ecret')
  t.notOk(JSON.stringify(lines).includes(cookie.split('.')[1] ?? ''))
})
