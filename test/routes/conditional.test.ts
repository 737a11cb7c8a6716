import t from 'tap'
import type { Product } from '../../schemas/product.ts'
import { eventually, startApp, startSimulator } from '../helper.ts'
import { API, create, holdStill, isError, NO_UPSTREAM, PRODUCTS, post, read } from './helper.ts'

/** One app for all, in which each test makes products of its own. */
const app = await startApp(t, NO_UPSTREAM)
holdStill(app) // The tag of a product changes when its registration fails.

t.test('If-None-Match spares a reader what it has', async (t) => {
  const { id } = await create(app, { name: 'Mower' })
  const cases: [what: string, header: (tag: string) => string, status: number][] = [
    ['the tag', (tag) => tag, 304],
    ['the tag as a weak one', (tag) => `W/${tag}`, 304],
    ['a list with the tag', (tag) => `"x", ${tag} , "y"`, 304],
    ['anything', () => '*', 304],
    ['another tag', () => '"x"', 200],
    ['the tag without quotes', (tag) => tag.replaceAll('"', ''), 200],
    ['nothing', () => '', 200],
    ['part of the tag', (tag) => tag.slice(0, -2), 200],
  ]
  const window = 'from=2026-11-22T08:00:00Z&to=2026-11-23T08:00:00Z'
  for (const path of [
    `/products/${id}`,
    '/products',
    '/products?sort=name&limit=5',
    `/products/${id}/offers`,
    `/products/${id}/offers?at=2026-11-22T08:00:00Z`,
    `/products/${id}/trend?${window}`,
    `/products/${id}/trend?${window}&interval=1h`,
    '/changes?limit=1',
  ]) {
    const url = API + path
    const tag = String((await app.inject(url)).headers.etag)
    t.match(tag, /^"/)
    for (const method of ['GET', 'HEAD'] as const) {
      for (const [what, header, status] of cases) {
        await t.test(`${method} ${path.replace(id, '{id}')} with ${what}`, async (t) => {
          const headers = { 'if-none-match': header(tag) }
          const response = await app.inject({ method, url, headers })
          t.equal(response.statusCode, status)
          t.equal(response.headers.etag, tag)
          if (status !== 304) return
          t.equal(response.body, '')
          t.equal(response.headers['content-type'], undefined)
          if (method === 'GET') t.equal(response.headers['content-length'], undefined)
        })
      }
    }
  }
})

t.test(
  'If-None-Match with the tag of an answer that is out of date gives the new one',
  async (t) => {
    const { id } = await create(app, { name: 'Mower' })
    for (const url of [PRODUCTS, `${PRODUCTS}/${id}`]) {
      await t.test(url.replace(id, '{id}'), async (t) => {
        const tag = String((await app.inject(url)).headers.etag)
        const payload = { description: url }
        await app.inject({ method: 'PATCH', url: `${PRODUCTS}/${id}`, payload })
        const response = await app.inject({ url, headers: { 'if-none-match': tag } })
        t.equal(response.statusCode, 200)
        t.not(response.headers.etag, tag)
      })
    }
  },
)

t.test('a page that is answered with 304 still links to the next', async (t) => {
  for (const name of ['a', 'b']) await create(app, { name })
  const url = `${PRODUCTS}?limit=1`
  const { etag, link } = (await app.inject(url)).headers
  const response = await app.inject({ url, headers: { 'if-none-match': etag } })
  t.equal(response.statusCode, 304)
  t.equal(response.headers.link, link)
})

t.test('the status has an entity tag, too', async (t) => {
  const headers = { 'if-none-match': '*' }
  t.equal((await app.inject({ url: '/api/v1/status', headers })).statusCode, 304)
})

t.test('If-None-Match is for reads alone', async (t) => {
  const headers = { 'if-none-match': '*' }
  const payload = { name: 'Mower' }
  const created = await app.inject({ method: 'POST', url: PRODUCTS, headers, payload })
  t.equal(created.statusCode, 201)
  const url = String(created.headers.location)
  t.equal((await app.inject({ method: 'PATCH', url, headers, payload })).statusCode, 200)
})

t.test('an error carries no tag', async (t) => {
  const response = await app.inject({ url: `${PRODUCTS}/nope`, headers: { 'if-none-match': '*' } })
  t.equal(response.statusCode, 400)
  t.equal(response.headers.etag, undefined)
})

t.test('If-Match lets a change through where it names the version', async (t) => {
  const cases: [what: string, header: (tag: string) => string, fits: boolean][] = [
    ['the tag', (tag) => tag, true],
    ['anything', () => '*', true],
    ['anything between blanks', () => ' * ', true],
    ['several with the tag', (tag) => `"7-x", "x",${tag}`, true],
    ['a tag of the same version', () => '"1-other"', true],
    ['a tag of a later version', () => '"2-x"', false],
    ['several without the tag', () => '"0-x", "11-x"', false],
    ['the tag as a weak one, which never matches', (tag) => `W/${tag}`, false],
    ['the tag of a list', () => '"q83v"', false],
  ]
  for (const [what, header, fits] of cases) {
    await t.test(`${what}: ${fits ? 'fits' : '412'}`, async (t) => {
      const response = await post(app, { name: 'Mower' })
      const { id } = response.json<Product>()
      const url = `${PRODUCTS}/${id}`
      const headers = { 'if-match': header(String(response.headers.etag)) }
      const payload = { name: 'Mower' }
      const patched = await app.inject({ method: 'PATCH', url, headers, payload })
      const deleted = await app.inject({ method: 'DELETE', url, headers })
      t.equal(patched.statusCode, fits ? 200 : 412)
      t.equal(deleted.statusCode, fits ? 204 : 412)
      if (fits) return
      const message = `Product ${id} has changed since the version that If-Match names`
      isError(t, patched, 412, message, 'VERSION_MISMATCH')
      isError(t, deleted, 412, message, 'VERSION_MISMATCH')
      t.strictSame(await read(app, id), response.json())
    })
  }
})

t.test('of two changes that name the same version one is made', async (t) => {
  const created = await post(app, { name: 'Mower' })
  const url = String(created.headers.location)
  const headers = { 'if-match': String(created.headers.etag) }
  const answers = await Promise.all(
    ['a', 'b'].map((name) => app.inject({ method: 'PATCH', url, headers, payload: { name } })),
  )
  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [200, 412])
})

t.test('the tag of a changed product is valid for the next change', async (t) => {
  let response = await post(app, { name: 'Mower' })
  const url = String(response.headers.location)
  for (const name of ['a', 'b', 'c']) {
    const headers = { 'if-match': String(response.headers.etag) }
    response = await app.inject({ method: 'PATCH', url, headers, payload: { name } })
    t.equal(response.statusCode, 200)
  }
  const headers = { 'if-match': String(response.headers.etag) }
  t.equal((await app.inject({ method: 'DELETE', url, headers })).statusCode, 204)
})

t.test('a refresh of the offers between a read and a change does not conflict', async (t) => {
  const simulator = await startSimulator(t)
  const app = await startApp(t, { OFFERS_BASE_URL: simulator.baseUrl })
  const created = await post(app, { name: 'Mower' })
  const url = String(created.headers.location)
  const etag = String(created.headers.etag)
  await eventually(async () => (await app.inject(url)).json<Product>().checked_at)
  t.not((await app.inject(url)).headers.etag, etag)
  const headers = { 'if-match': etag }
  const payload = { name: 'Saw' }
  t.equal((await app.inject({ method: 'PATCH', url, headers, payload })).statusCode, 200)
})
