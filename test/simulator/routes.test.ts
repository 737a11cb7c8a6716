import type { InjectOptions } from 'fastify'
import t from 'tap'
import { marketOffers } from '../../simulator/market.ts'
import { DEFAULT_REFRESH_TOKEN } from '../../simulator/simulator.ts'
import { NOW, OTHER_PRODUCT, PRODUCT, startSimulator } from './helper.ts'

type Headers = Record<string, string>
const BODY = { id: PRODUCT, name: 'Mower', description: 'Mows' }
const post = (headers: Headers, payload?: InjectOptions['payload']): InjectOptions => ({
  method: 'POST',
  url: '/api/v1/products/register',
  headers,
  payload,
})
const get = (id: string, headers: Headers): InjectOptions => ({
  url: `/api/v1/products/${id}/offers`,
  headers,
})
const auth = (headers: Headers): InjectOptions => ({ method: 'POST', url: '/api/v1/auth', headers })

/** What every generation refuses; `mine` holds a valid token. */
const badData = (mine: Headers): [string, InjectOptions][] => [
  ['no body', post(mine)],
  ['null', post({ ...mine, 'content-type': 'application/json' }, 'null')],
  ['an array', post(mine, [BODY])],
  ['no JSON', post({ ...mine, 'content-type': 'application/json' }, '{"id"')],
  ['an empty body', post({ ...mine, 'content-type': 'application/json' }, '')],
  ['a form', post({ ...mine, 'content-type': 'application/x-www-form-urlencoded' }, 'id=1')],
  ['no id', post(mine, { name: '', description: '' })],
  ['no name', post(mine, { id: PRODUCT, description: '' })],
  ['no description', post(mine, { id: PRODUCT, name: '' })],
  ['an id that is no UUID', post(mine, { ...BODY, id: '1' })],
  ['an id that is a number', post(mine, { ...BODY, id: 1 })],
  ['a name that is a number', post(mine, { ...BODY, name: 1 })],
  ['a description that is null', post(mine, { ...BODY, description: null })],
  ['offers of an id that is no UUID', get('1', mine)],
  ['offers of a very long id', get('1'.repeat(5000), mine)],
]

const denied1 = { code: 'UNAUTHORIZED', msg: 'Access token invalid' }
const denied2 = { detail: 'Access token invalid' }
const missing = { detail: [{ loc: ['header', 'bearer'], type: 'required' }] }
const stranger: Headers = { bearer: 'nobody' }

function wrongAccess(token: string): [string, Headers][] {
  return [
    ['an unknown token', stranger],
    ['an empty token', { bearer: '' }],
    ['a scheme before the token', { bearer: `Bearer ${token}` }],
  ]
}

for (const generation of [1, 2] as const) {
  t.test(`generation ${generation}`, async (t) => {
    const start = async () => {
      const parts = startSimulator(t, { generation })
      const token = await parts.authorize()
      return { ...parts, token, mine: { bearer: token } }
    }

    t.test('gives access, takes a product and shows its offers', async (t) => {
      const { app, mine, time } = await start()
      const registered = await app.inject(post(mine, { ...BODY, extra: 'ignored' }))
      t.equal(registered.statusCode, 201)
      t.same(registered.json(), { id: PRODUCT })
      const tick = Math.floor(NOW / 60_000)
      for (const later of [0, 1, 100]) {
        time.now = (tick + later) * 60_000
        const token = generation === 1 ? mine.bearer : await tokenAt(app, mine.bearer)
        const response = await app.inject(get(PRODUCT, { bearer: token }))
        t.equal(response.statusCode, 200)
        t.equal(response.headers['content-type'], 'application/json; charset=utf-8')
        t.same(response.json(), marketOffers(1, PRODUCT, tick + later, generation))
      }
    })

    t.test('takes an id in any spelling of a UUID', async (t) => {
      const { app, mine, offers, token } = await start()
      const registered = await app.inject(post(mine, { ...BODY, id: PRODUCT.toUpperCase() }))
      t.same(registered.json(), { id: PRODUCT })
      t.equal((await offers(token)).statusCode, 200)
      t.equal((await offers(token, PRODUCT.toUpperCase())).statusCode, 200)
    })

    t.test('does not know an unregistered product', async (t) => {
      const { offers, register, token } = await start()
      await register(token)
      const response = await offers(token, OTHER_PRODUCT)
      t.equal(response.statusCode, 404)
      t.same(
        response.json(),
        generation === 1
          ? { code: 'NOT FOUND', msg: 'Product does not exist' }
          : { detail: 'Product does not exist' },
      )
    })

    t.test('does not know other routes', async (t) => {
      const { app } = await start()
      const response = await app.inject('/api/v1/products')
      t.equal(response.statusCode, 404)
      t.match(response.json(), generation === 1 ? { code: 'NOT FOUND' } : { detail: 'Not Found' })
    })

    t.test('refuses bad data', async (t) => {
      const { app, mine, simulator } = await start()
      for (const [name, request] of badData(mine)) {
        const response = await app.inject(request)
        t.equal(response.statusCode, generation === 1 ? 400 : 422, name)
        t.match(
          response.json(),
          generation === 1 ? { code: 'BAD_REQUEST', msg: String } : { detail: [{ msg: String }] },
          name,
        )
      }
      t.equal(simulator.state.granted.register, 0)
    })

    t.test('refuses a wrong token', async (t) => {
      const { app, register, token } = await start()
      await register(token)
      for (const [name, headers] of wrongAccess(token)) {
        for (const request of [get(PRODUCT, headers), post(headers, BODY)]) {
          const response = await app.inject(request)
          t.equal(response.statusCode, 401, name)
          t.same(response.json(), generation === 1 ? denied1 : denied2, name)
        }
      }
    })

    t.test('reads no other header than Bearer', async (t) => {
      const { app, register, token } = await start()
      await register(token)
      const others: Headers[] = [{}, { authorization: `Bearer ${token}` }]
      for (const headers of others) {
        for (const request of [get(PRODUCT, headers), post(headers, BODY)]) {
          const response = await app.inject(request)
          t.equal(response.statusCode, generation === 1 ? 401 : 422)
          t.match(response.json(), generation === 1 ? denied1 : missing)
        }
      }
    })
  })
}

/** The token, or a new one once it has expired (generation 2). */
async function tokenAt(app: ReturnType<typeof startSimulator>['app'], token: string) {
  const response = await app.inject(auth({ bearer: DEFAULT_REFRESH_TOKEN }))
  return response.statusCode === 201
    ? response.json<{ access_token: string }>().access_token
    : token
}

t.test('generation 1 ties products to the access token', async (t) => {
  const { authorize, offers, register, simulator } = startSimulator(t, { generation: 1 })
  const [first, second] = [await authorize(), await authorize()]
  await register(first)
  t.equal((await offers(first)).statusCode, 200)
  t.equal((await offers(second)).statusCode, 404)
  t.equal(simulator.state.granted.auth, 2)
})

t.test('generation 1 takes a product again, with a new name', async (t) => {
  const { app, authorize, register, simulator } = startSimulator(t, { generation: 1 })
  const token = await authorize()
  await register(token)
  const again = await app.inject(post({ bearer: token }, { ...BODY, name: 'Mower 2' }))
  t.equal(again.statusCode, 201)
  t.same(again.json(), { id: PRODUCT })
  t.equal(simulator.state.accounts.get(token)?.products.get(PRODUCT)?.name, 'Mower 2')
})

t.test('generation 2 does not take a product again', async (t) => {
  const { authorize, register } = startSimulator(t, { generation: 2 })
  const token = await authorize()
  await register(token)
  const again = await register(token)
  t.equal(again.statusCode, 409)
  t.same(again.json(), { detail: 'Product ID already registered' })
})

t.test('generation 2 ties products to the refresh token', async (t) => {
  const options = { generation: 2, refreshTokens: ['mine', 'yours'] } as const
  const { authorize, offers, register, time } = startSimulator(t, options)
  const [mine, yours] = [await authorize('mine'), await authorize('yours')]
  await register(mine)
  t.equal((await offers(yours)).statusCode, 404)
  time.now += 300_000
  t.equal((await offers(mine)).statusCode, 401)
  t.equal((await offers(await authorize('mine'))).statusCode, 200)
})

const refusals: [string, Headers, number, unknown][] = [
  ['no header', {}, 422, missing],
  ['Authorization', { authorization: `Bearer ${DEFAULT_REFRESH_TOKEN}` }, 422, missing],
  ['an unknown refresh token', stranger, 401, { detail: 'Refresh token invalid' }],
  ['an empty refresh token', { bearer: '' }, 401, { detail: 'Refresh token invalid' }],
]
for (const [name, headers, status, body] of refusals) {
  t.test(`generation 2 gives no access for ${name}`, async (t) => {
    const { app } = startSimulator(t, { generation: 2 })
    const response = await app.inject(auth(headers))
    t.equal(response.statusCode, status)
    t.match(response.json(), body)
  })
}

t.test('generation 2 gives no access while another token is valid', async (t) => {
  const { app, authorize } = startSimulator(t, { generation: 2 })
  await authorize()
  const response = await app.inject(auth({ bearer: DEFAULT_REFRESH_TOKEN }))
  t.equal(response.statusCode, 400)
  t.same(response.json(), { detail: 'Cannot generate access token because another is valid' })
})
