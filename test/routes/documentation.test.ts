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

t.test('the OpenAPI document is served as JSON', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const response = await app.inject('/docs/json')
  t.equal(response.statusCode, 200)
  t.strictSame(response.json(), JSON.parse(JSON.stringify(app.swagger())))
})
