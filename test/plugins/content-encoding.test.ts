import t from 'tap'
import { startApp } from '../helper.ts'
import { createAll, isError, NO_UPSTREAM, PRODUCTS } from '../routes/helper.ts'

const MESSAGE =
  'Encoded bodies are not supported; send the body as it is, without the header content-encoding'

const refused = [
  'gzip',
  'GZIP',
  'x-gzip',
  'deflate',
  'br',
  'zstd',
  'compress',
  'aws-chunked',
  '',
  '*',
]
const lists = ['identity, gzip', 'gzip, identity', 'gzip,br', ',', 'identity;q=1']
const accepted = ['identity', 'Identity', 'identity, identity', ' identity']

t.test('the encoding of a body', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const [first, second] = await createAll(app, [{ name: 'Mower' }, { name: 'Saw' }])
  const requests = [
    ['POST', PRODUCTS, { name: 'Axe' }],
    ['POST', `${PRODUCTS}/batch`, { items: [{ name: 'Axe' }] }],
    ['PATCH', `${PRODUCTS}/${first?.id}`, { name: 'Axe' }],
    ['DELETE', `${PRODUCTS}/${second?.id}`, {}],
  ] as const

  for (const [method, url, payload] of requests) {
    for (const encoding of [...refused, ...lists]) {
      await t.test(`${method} ${url} with "${encoding}" is a 415`, async (t) => {
        const headers = { 'content-encoding': encoding }
        const response = await app.inject({ method, url, payload, headers })
        isError(t, response, 415, MESSAGE)
        t.equal(response.headers['accept-encoding'], 'identity')
      })
    }
  }
  t.equal((await app.store.totals()).products, 2, 'and none of it changed anything')

  for (const encoding of accepted) {
    await t.test(`"${encoding}" is none`, async (t) => {
      const headers = { 'content-encoding': encoding }
      const payload = { name: 'Axe' }
      const response = await app.inject({ method: 'POST', url: PRODUCTS, payload, headers })
      t.equal(response.statusCode, 201)
    })
  }

  await t.test('a read is not asked for it', async (t) => {
    const headers = { 'content-encoding': 'gzip' }
    t.equal((await app.inject({ url: PRODUCTS, headers })).statusCode, 200)
  })
})

t.test('without a token, the encoding of a body does not matter', async (t) => {
  const app = await startApp(t, { ...NO_UPSTREAM, API_TOKEN: 'token' })
  const headers = { 'content-encoding': 'gzip' }
  const request = { method: 'POST', url: PRODUCTS, payload: { name: 'Axe' }, headers } as const
  t.equal((await app.inject(request)).statusCode, 401)
})
