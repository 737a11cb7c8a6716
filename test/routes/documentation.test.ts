import t from 'tap'
import { startApp } from '../helper.ts'
import { NO_UPSTREAM } from './helper.ts'

t.test('the documentation page and what it loads are there', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const page = await app.inject('/docs')
  t.equal(page.statusCode, 200)
  t.match(page.headers['content-type'], 'text/html')
  const assets = [...page.body.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)].map(([, url]) => url)
  t.ok(assets.length > 0)
  for (const url of assets) t.equal((await app.inject(String(url))).statusCode, 200, String(url))
})

t.test('the app with the documentation only describes the routes', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const documentation = await app.documentation()
  t.equal(await app.documentation(), documentation, 'it is built once')
  t.equal((await documentation.inject('/health/ready')).body, 'true')
})

t.test('the OpenAPI document is served as JSON', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const response = await app.inject('/docs/json')
  t.equal(response.statusCode, 200)
  const documentation = await app.documentation()
  t.strictSame(response.json(), JSON.parse(JSON.stringify(documentation.swagger())))
})
