import t, { type Test } from 'tap'
import { proxyFor } from '../../offers/proxy.ts'
import { eventually, startApp, startSimulator } from '../helper.ts'
import { start } from '../process.ts'
import { create, read } from '../routes/helper.ts'
import { answering, connect, faultOf, hanging, refusingUrl } from './upstream.ts'

const GET = { method: 'GET', path: '/x' } as const
const PROGRAM = 'test/offers/proxy-process.ts'
const PROXY = 'http://proxy.test:3128'

const lists: [baseUrl: string, list: string, proxied: boolean][] = [
  ['http://offers.test/api/v1', '', true],
  ['http://offers.test/api/v1', 'offers.test', false],
  ['http://offers.test/api/v1', 'OFFERS.test.', false],
  ['http://offers.test./api/v1', 'offers.test', false],
  ['http://offers.test/api/v1', 'other.test, offers.test', false],
  ['http://offers.test/api/v1', 'other.test offers.test', false],
  ['http://offers.test/api/v1', 'test', false],
  ['http://offers.test/api/v1', '.test', false],
  ['http://offers.test/api/v1', '*.test', false],
  ['http://offers.test/api/v1', '.offers.test', false],
  ['http://offers.test/api/v1', '*.offers.test', true],
  ['http://offers.test/api/v1', 'fers.test', true],
  ['http://offers.test/api/v1', '*', false],
  ['http://offers.test/api/v1', ' , ', true],
  ['http://offers.test/api/v1', 'offers.test:80', false],
  ['http://offers.test/api/v1', 'offers.test:81', true],
  ['https://offers.test/api/v1', 'offers.test:443', false],
  ['http://offers.test:81/api/v1', 'offers.test:81', false],
  ['http://127.0.0.1/api/v1', '127.0.0.1', false],
  ['http://127.0.0.1/api/v1', '127.0.0.1:80', false],
  ['http://127.0.0.1/api/v1', '127.0.0.0/8', false],
  ['http://127.0.0.1/api/v1', '10.0.0.0/8', true],
  ['http://127.0.0.1/api/v1', '127.0.0.0/33', true],
  ['http://127.0.0.1/api/v1', '127.0.0.0/x', true],
  ['http://127.0.0.1/api/v1', 'localhost', true],
  ['http://127.0.0.1/api/v1', '0.0.1', true],
  ['http://127.0.0.1/api/v1', '*', false],
  ['http://[::1]/api/v1', '::1', false],
  ['http://[::1]/api/v1', '0:0::1', false],
  ['http://[::1]/api/v1', '[::1]', false],
  ['http://[::1]:81/api/v1', '[::1]:81', false],
  ['http://[::1]:82/api/v1', '[::1]:81', true],
  ['http://[fd00::1]/api/v1', 'fd00::/8', false],
  ['http://[fd00::1]/api/v1', '127.0.0.0/8', true],
]
for (const [baseUrl, NO_PROXY, proxied] of lists) {
  t.test(
    `with NO_PROXY=${NO_PROXY} there is ${proxied ? 'a' : 'no'} proxy for ${baseUrl}`,
    async (t) => {
      const variables = { HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY, NO_PROXY }
      t.equal(proxyFor(baseUrl, variables), proxied ? PROXY : undefined)
    },
  )
}

t.test('each scheme has a proxy of its own', async (t) => {
  const [http, https] = ['http://offers.test/api/v1', 'https://offers.test/api/v1']
  t.equal(proxyFor(http, { HTTP_PROXY: PROXY }), PROXY)
  t.equal(proxyFor(https, { HTTP_PROXY: PROXY }), undefined)
  t.equal(proxyFor(https, { HTTPS_PROXY: PROXY }), PROXY)
  t.equal(proxyFor(http, { HTTPS_PROXY: PROXY }), undefined)
  t.equal(proxyFor(http, {}), undefined)
})

/** A proxy in a process of its own, and what it was asked for. */
async function startProxy(t: Test, variables: Record<string, string> = {}) {
  const { url, output } = await start(t, PROGRAM, variables)
  return { url, asked: () => output().split('\n').slice(1) }
}

t.test('the service calls the Offers service through the proxy', async (t) => {
  const { url, asked } = await startProxy(t, { CREDENTIALS: 'me:s3cret%' })
  const { baseUrl, served } = await startSimulator(t)
  const HTTP_PROXY = url.replace('//', '//me:s3cret%25@')
  const app = await startApp(t, { OFFERS_BASE_URL: baseUrl, HTTP_PROXY })
  const { id } = await create(app, { name: 'Mower' })
  await eventually(async () => (await read(app, id)).checked_at)
  t.match(asked(), [
    `POST ${baseUrl}/auth`,
    `POST ${baseUrl}/products/register`,
    `GET ${baseUrl}/products/${id}/offers`,
  ])
  t.equal(served.requests.offers, 1)
})

t.test('it does not where NO_PROXY has the host', async (t) => {
  const { url, asked } = await startProxy(t)
  const { baseUrl } = await startSimulator(t)
  const variables = { OFFERS_BASE_URL: baseUrl, HTTP_PROXY: url, NO_PROXY: '127.0.0.1' }
  const app = await startApp(t, variables)
  const { id } = await create(app, { name: 'Mower' })
  await eventually(async () => (await read(app, id)).checked_at)
  t.same(asked(), [])
})

t.test('the built-in simulator is not asked through a proxy', async (t) => {
  const { url, asked } = await startProxy(t)
  const app = await startApp(t, { HTTP_PROXY: url, HTTPS_PROXY: url })
  const { id } = await create(app, { name: 'Mower' })
  await eventually(async () => (await read(app, id)).checked_at)
  t.same(asked(), [])
})

t.test('a service with TLS is reached by a tunnel', async (t) => {
  const { url, asked } = await startProxy(t)
  const baseUrl = (await answering(t, 200, '[]')).replace('http:', 'https:')
  const { transport } = connect(t, baseUrl, { proxy: url })
  // What answers speaks no TLS, which is past the proxy.
  const message = `The Offers service cannot be reached through the proxy ${url} (ERR_SSL_WRONG_VERSION_NUMBER)`
  await t.rejects(transport.send(GET), { fault: 'unavailable', message })
  t.same(asked(), [`CONNECT ${new URL(baseUrl).host}`])
})

const schemes = ['http', 'https']
for (const scheme of schemes) {
  t.test(`${scheme}: a proxy that is down is reported`, async (t) => {
    const proxy = new URL(await refusingUrl(t)).origin
    const { transport } = connect(t, `${scheme}://offers.test/api/v1`, { proxy })
    const message = `The proxy ${proxy} cannot be reached (ECONNREFUSED)`
    await t.rejects(transport.send(GET), { fault: 'unavailable', message })
  })

  t.test(
    `${scheme}: a proxy that requires other credentials is reported, without them`,
    async (t) => {
      const { url } = await startProxy(t, { CREDENTIALS: 'me:s3cret' })
      const proxy = url.replace('//', '//me:wrong@')
      const { transport } = connect(t, `${scheme}://offers.test/api/v1`, { proxy })
      const message = `The proxy ${url} answered 407: it wants other credentials than those in its URL`
      await t.rejects(transport.send(GET), { fault: 'unavailable', message })
    },
  )

  t.test(`${scheme}: a service that the proxy cannot reach is reported`, async (t) => {
    const { url } = await startProxy(t)
    const baseUrl = (await refusingUrl(t)).replace('http', scheme)
    const { transport } = connect(t, baseUrl, { proxy: url })
    const message = new RegExp(`^The (proxy ${url}|Offers service) answered 502`)
    await t.rejects(transport.send(GET), { fault: 'unavailable', message })
  })

  t.test(`${scheme}: a proxy that does not answer has the deadline of the call`, async (t) => {
    const proxy = await hanging(t)
    const { transport } = connect(t, `${scheme}://offers.test/api/v1`, { proxy, timeoutMs: 100 })
    const message = `The Offers service did not answer within 100 ms through the proxy ${proxy}`
    await t.rejects(transport.send(GET), { fault: 'unavailable', message })
    t.equal(await faultOf(transport.send(GET)), 'unavailable')
  })
}
