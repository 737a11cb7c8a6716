import t from 'tap'
import { startApp } from '../helper.ts'
import { isError, NO_UPSTREAM, PRODUCTS, UNKNOWN_ID } from '../routes/helper.ts'

const slash = (path: string) => `There is no ${path}; remove the slash at the end`
const empty = (path: string) => `There is no ${path}; it has an empty part between two slashes`

const paths: [path: string, message: (path: string) => string][] = [
  [`${PRODUCTS}/`, slash],
  [`${PRODUCTS}//`, slash],
  [`${PRODUCTS}/batch/`, slash],
  [`${PRODUCTS}/${UNKNOWN_ID}/`, slash],
  [`${PRODUCTS}/${UNKNOWN_ID}/offers/`, slash],
  [`${PRODUCTS}/${UNKNOWN_ID}/trend/`, slash],
  [`${PRODUCTS}//offers`, empty],
  [`${PRODUCTS}//trend`, empty],
  [`${PRODUCTS}//offers/a/trend`, empty],
  [`${PRODUCTS}/${UNKNOWN_ID}/offers//trend`, empty],
  [`${PRODUCTS}//${UNKNOWN_ID}`, empty],
  ['/api/v1/', slash],
  ['/api/v1//products', empty],
  ['/api/v1/movers/', slash],
  ['/api/v1/changes/', slash],
  ['/api/v1/changes/stream/', slash],
  ['/api/v1/export/prices/', slash],
  ['/api/v1/status/', slash],
  ['/health/live/', slash],
  ['/metrics/', slash],
  ['/nope/', slash],
  ['//', slash],
  ['/assets//web/main', empty],
]

t.test('a path with an empty part is a 404 that says so', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  for (const [path, message] of paths) {
    for (const method of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const) {
      await t.test(`${method} ${path}`, async (t) => {
        isError(t, await app.inject({ method, url: `${path}?limit=1` }), 404, message(path))
      })
    }
  }
})

t.test('without a token it is a 401', async (t) => {
  const app = await startApp(t, { ...NO_UPSTREAM, API_TOKEN: 'token' })
  for (const [path] of paths.filter(([path]) => path.startsWith('/api/v1'))) {
    t.equal((await app.inject(path)).statusCode, 401, path)
  }
})
