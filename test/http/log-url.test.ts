import t from 'tap'
import { LOGGED_PARAMETERS, loggedUrl } from '../../http/log-url.ts'
import { eventually, startApp } from '../helper.ts'
import { buildLogged } from '../plugins/helper.ts'
import { NO_UPSTREAM, PRODUCTS } from '../routes/helper.ts'

const cases: [url: string, logged: string][] = [
  ['/api/v1/products', '/api/v1/products'],
  ['/api/v1/products?limit=5&q=saw%20a&sort=name', '/api/v1/products?limit=5&q=saw%20a&sort=name'],
  ['/x?', '/x?'],
  ['/x?&limit=5&', '/x?&limit=5&'],
  ['/x?limit', '/x?[redacted]'],
  ['/x?5ecret', '/x?[redacted]'],
  ['/x?5ecret-that-is-longer-than-any-name-of-a-parameter=1', '/x?[redacted]'],
  ['/x?%74oken=5ecret', '/x?[redacted]'],
  ['/x?token=5ecret', '/x?token=[redacted]'],
  ['/x?token=5ecret=', '/x?token=[redacted]'],
  ['/x?token=5ecret?5ecret', '/x?token=[redacted]?[redacted]'],
  ['/x?limit=5&access_token=5ecret&q=a', '/x?limit=5&access_token=[redacted]&q=a'],
  ['/x?q=a;token=5ecret', '/x?q=a;token=[redacted]'],
  ['/x?q=a?token=5ecret', '/x?q=a?token=[redacted]'],
  ['/x?q=%3Ftoken%3D5ecret', '/x?q=%3F[redacted]'],
  ['/x?q=a%26token=5ecret', '/x?q=a%26token=[redacted]'],
  ['/x#access_token=5ecret', '/x#access_token=[redacted]'],
  ['/x;token=5ecret', '/x;token=[redacted]'],
  ['/x&token=5ecret', '/x&token=[redacted]'],
  ['/x%3ftoken=5ecret', '/x%3ftoken=[redacted]'],
  ['http://user:5ecret@a/x?q=a', 'http://[redacted]@a/x?q=a'],
  ['//5ecret@a/x', '//[redacted]@a/x'],
]

for (const [url, logged] of cases) {
  t.test(`${url} is logged as ${logged}`, async (t) => {
    t.equal(loggedUrl(url), logged)
  })
}

/** What clients call a token in a URL. */
const names = [
  ...['token', 'access_token', 'refresh_token', 'id_token', 'auth', 'auth_token', 'authorization'],
  ...[
    'api_key',
    'apikey',
    'apiKey',
    'api-key',
    'key',
    'secret',
    'client_secret',
    'password',
    'pwd',
  ],
  ...['TOKEN', 'Bearer', 'jwt', 'sig', 'signature', 'session', 'code', 'X-Api-Key', 'x'],
]

t.test('no token of a URL comes into the log', async (t) => {
  const { app, lines } = await buildLogged(t, NO_UPSTREAM)
  app.get('/broken', { schema: { hide: true } }, async () => {
    throw new Error('broken')
  })
  await app.ready()
  const paths = [PRODUCTS, `${PRODUCTS}/`, `${PRODUCTS}/%ff`, '/', '/docs/json', '/nope', '/broken']
  for (const path of paths) {
    for (const method of ['GET', 'POST', 'LOCK'] as const) {
      for (const name of names) {
        const url = `${path}?${name}=5ecret`
        const headers = {
          referer: `http://a${url}`,
          cookie: `${name}=5ecret`,
          authorization: 'Bearer 5ecret',
          'x-api-key': '5ecret',
        }
        await app.inject({ method: method as 'GET', url, headers })
      }
    }
  }
  t.ok(lines.length > paths.length * names.length)
  t.notMatch(JSON.stringify(lines), '5ecret')
})

t.test('bytes that are no request do not come into the log', async (t) => {
  const { app, lines } = await buildLogged(t, NO_UPSTREAM)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const response = await fetch(`${url}/?token=${'5ecret'.repeat(4000)}`)
  t.equal(response.status, 431)
  await eventually(() => lines.some(({ res }) => res?.statusCode === 431))
  t.notMatch(JSON.stringify(lines), '5ecret')
})

t.test('what is logged are the parameters of the document', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const { paths } = (await app.inject('/docs/json')).json<{
    paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>
  }>()
  const documented = Object.values(paths)
    .flatMap((operations) => Object.values(operations))
    .flatMap(({ parameters = [] }) => parameters.filter((one) => one.in === 'query'))
  t.strictSame([...LOGGED_PARAMETERS], [...new Set(documented.map(({ name }) => name))].sort())
})
