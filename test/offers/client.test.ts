import { randomUUID } from 'node:crypto'
import t from 'tap'
import { PRODUCT, start, startCompressing, startRefusing, startWith } from './clients.ts'
import { NOW, SECOND } from './clock.ts'
import { credentialsInMemory, startClient } from './helper.ts'
import { malformed, OFFER } from './malformed.ts'
import { answering, faultOf, listen } from './upstream.ts'

for (const [name, body] of malformed) {
  t.test(`a 200 with ${name} is malformed`, async (t) => {
    const { client } = await startWith(t, 200, body)
    t.equal(await faultOf(client.offers(PRODUCT.id)), 'malformed')
    t.equal(client.health.lastSuccessAt, null)
    t.match(client.health.lastError, { at: NOW })
  })
}

t.test('offers are read from the service', async (t) => {
  const { client, service } = await start(t)
  await client.register(PRODUCT)
  service.answers.set(PRODUCT.id, [OFFER])
  t.match(await client.offers(PRODUCT.id), { offers: [OFFER] })
})

t.test('a known answer is recognised by its fingerprint', async (t) => {
  const { client, service } = await start(t)
  await client.register(PRODUCT)
  service.answers.set(PRODUCT.id, [OFFER])
  const { fingerprint } = await client.offers(PRODUCT.id)
  t.match(fingerprint, /^[\w-]{16}$/)
  t.same(await client.offers(PRODUCT.id, fingerprint), { fingerprint, offers: undefined })
  t.match(await client.offers(PRODUCT.id, 'another'), { fingerprint, offers: [OFFER] })
  service.answers.set(PRODUCT.id, [])
  const next = await client.offers(PRODUCT.id, fingerprint)
  t.not(next.fingerprint, fingerprint)
  t.same(next.offers, [])
})

t.test('an answer that is compressed unasked is read', async (t) => {
  const { client } = await startCompressing(t, 200, JSON.stringify([OFFER]))
  t.match(await client.offers(PRODUCT.id), { offers: [OFFER] })
})

t.test('an answer that is only compressed in another way is known', async (t) => {
  const { client } = await startCompressing(t, 200, JSON.stringify([OFFER]))
  const { fingerprint } = await client.offers(PRODUCT.id)
  t.same(await client.offers(PRODUCT.id, fingerprint), { fingerprint, offers: undefined })
})

t.test('a compressed error is reported with its text', async (t) => {
  const { client } = await startCompressing(t, 422, '{"detail":"too long"}')
  await t.rejects(client.register(PRODUCT), { fault: 'rejected', message: 'too long' })
})

const unreadable: [status: number, fault: string][] = [
  [404, 'not-found'],
  [201, 'unexpected'],
  [200, 'malformed'],
]
for (const [status, fault] of unreadable) {
  t.test(`a ${status} that cannot be decoded is ${fault}`, async (t) => {
    const baseUrl = await listen(t, ({ url }, response) => {
      if (url === '/api/v1/auth') response.writeHead(201).end('{"access_token":"x"}')
      else response.writeHead(status, { 'content-encoding': 'zstd' }).end('[]')
    })
    const { client } = startClient(t, baseUrl)
    t.equal(await faultOf(client.offers(PRODUCT.id)), fault)
    if (fault === 'malformed') t.match(client.health.lastError, { message: /"zstd"/ })
  })
}

t.test('a product is registered with its id, name and description alone', async (t) => {
  const bodies: string[] = []
  const baseUrl = await listen(t, async (request, response) => {
    for await (const chunk of request) bodies.push(String(chunk))
    response.writeHead(201).end('{"access_token":"x"}')
  })
  const { client } = startClient(t, baseUrl)
  const task = { ...PRODUCT, key: 1, version: 2 }
  await client.register(task)
  t.same(
    bodies.map((body) => JSON.parse(body)),
    [PRODUCT],
  )
})

t.test('an id cannot change the path', async (t) => {
  const urls: (string | undefined)[] = []
  const baseUrl = await listen(t, ({ url }, response) => {
    urls.push(url)
    response.writeHead(201).end('{"access_token":"x"}')
  })
  const { client } = startClient(t, baseUrl)
  await faultOf(client.offers('../a?b'))
  t.equal(urls.at(-1), '/api/v1/products/..%2Fa%3Fb/offers')
})

for (const generation of [1, 2] as const) {
  t.test(`generation ${generation}: registering twice is not a fault`, async (t) => {
    const { client } = await start(t, generation)
    await client.register(PRODUCT)
    await t.resolves(client.register(PRODUCT))
  })
}

const reasons: [name: string, body: string, reason: string][] = [
  ['the msg of the first generation', '{"code":"BAD_REQUEST","msg":"too long"}', 'too long'],
  ['the detail of the second generation', '{"detail":"too long"}', 'too long'],
  ['a detail with structure', '{"detail":[{"loc":["name"]}]}', '[{"loc":["name"]}]'],
  ['nothing', '{}', 'status 422'],
  ['an empty detail', '{"detail":""}', 'status 422'],
  ['null', 'null', 'status 422'],
  ['text', '"no"', 'status 422'],
  ['HTML', '<html>', 'status 422'],
  ['a detail with NUL', '{"detail":"a\\u0000b"}', 'ab'],
  ['a detail with a lone surrogate', '{"detail":"a\\ud800b"}', 'a\ufffdb'],
  ['a long detail', JSON.stringify({ detail: 'x'.repeat(501) }), 'x'.repeat(500)],
  // The half of the character that was left is no text that a database or a client can hold.
  [
    'a detail whose cut falls into a character: half of it was kept',
    JSON.stringify({ detail: `${'x'.repeat(499)}😀` }),
    `${'x'.repeat(499)}\ufffd`,
  ],
]
for (const [name, body, reason] of reasons) {
  t.test(`the reason of a rejection that says ${name}`, async (t) => {
    const { client } = await startWith(t, 422, body)
    await t.rejects(client.register(PRODUCT), { fault: 'rejected', message: reason })
  })
}

const registrations: [status: number, fault: string][] = [
  [201, 'ok'],
  [409, 'ok'],
  [400, 'rejected'],
  [422, 'rejected'],
  [404, 'not-found'],
  [200, 'unexpected'],
  [307, 'unexpected'],
  [403, 'unexpected'],
  [500, 'unavailable'],
]
for (const [status, fault] of registrations) {
  t.test(`registering answered with ${status} is ${fault}`, async (t) => {
    const { client } = await startWith(t, status, '{"msg":"why"}')
    t.equal(await faultOf(client.register(PRODUCT)), fault)
  })
}

const polls: [status: number, fault: string][] = [
  [200, 'ok'],
  [404, 'not-found'],
  [201, 'unexpected'],
  [204, 'unexpected'],
  [307, 'unexpected'],
  [400, 'unexpected'],
  [409, 'unexpected'],
  [422, 'unexpected'],
  [500, 'unavailable'],
]
for (const [status, fault] of polls) {
  t.test(`a poll answered with ${status} is ${fault}`, async (t) => {
    const { client } = await startWith(t, status, status === 204 ? '' : '[]')
    t.equal(await faultOf(client.offers(PRODUCT.id)), fault)
  })
}

t.test('an unexpected answer is reported with its text', async (t) => {
  const { client } = await startWith(t, 403, '{"detail":"not you"}')
  await t.rejects(client.offers(PRODUCT.id), {
    fault: 'unexpected',
    message: 'The Offers service answered 403: not you',
  })
})

t.test('a call that is refused with 401 once is retried', async (t) => {
  const { client, service, extra } = await start(t)
  await client.register(PRODUCT)
  service.faults.settings.next = [{ status: 401 }]
  await t.resolves(client.offers(PRODUCT.id))
  t.equal(service.served.requests.offers, 2)
  t.equal(service.served.requests.auth, 1)
  t.equal(extra.requests, 2, 'the token and the second try count against the budget of calls')
})

t.test('a call that is refused with 401 twice fails', async (t) => {
  const { client, service } = await start(t)
  await client.register(PRODUCT)
  service.faults.settings.unauthorized = true
  t.equal(await faultOf(client.offers(PRODUCT.id)), 'unauthorized')
  t.equal(service.served.requests.offers, 2)
  t.equal(service.served.requests.auth, 1)
})

t.test('calls that are refused together are all retried if that helps one', async (t) => {
  const known = new Set<string>()
  const { state, poll } = await startRefusing(t, (url) => {
    const first = !known.has(url)
    known.add(url)
    return first
  })
  t.same(await poll(10), Array(10).fill('ok'))
  t.equal(state.calls, 20)
})

t.test('while all calls are refused, only one of them is retried', async (t) => {
  const { state, poll } = await startRefusing(t, () => true)
  t.same(await poll(10), Array(10).fill('unauthorized'))
  t.same(await poll(1), ['unauthorized'])
  t.equal(state.calls, 12)
  state.refuses = (_url, calls) => calls === 14
  t.same(await poll(1), ['ok'])
  t.same(await poll(1), ['ok'], 'a passing fault is one again')
  t.equal(state.calls, 15)
})

t.test('many calls that are refused at once cause one POST /auth, and all succeed', async (t) => {
  const { client, service } = await start(t, 2)
  const products = Array.from({ length: 20 }, () => ({ ...PRODUCT, id: randomUUID() }))
  for (const product of products) await client.register(product)
  service.state.revokeTokens()
  await Promise.all(products.map(({ id }) => client.offers(id)))
  t.equal(service.served.requests.auth, 2)
})

t.test('health reports the last success and the last error', async (t) => {
  const { client } = await startWith(t, 409, '')
  t.same(client.health, { lastSuccessAt: null, lastError: null })
  await client.register(PRODUCT)
  t.same(client.health, { lastSuccessAt: NOW, lastError: null })
  await faultOf(client.offers(PRODUCT.id))
  t.same(client.health, {
    lastSuccessAt: NOW,
    lastError: {
      at: NOW,
      message: 'The Offers service answered 409: status 409',
      productId: PRODUCT.id,
    },
  })
})

t.test('a call that was not sent does not count as an error of the service', async (t) => {
  const { client, breaker } = await start(t)
  breaker.pause(SECOND, 'normal')
  t.equal(await faultOf(client.offers(PRODUCT.id)), 'paused')
  t.equal(client.health.lastError, null)
})

t.test('an error of the store is passed on and is none of the service', async (t) => {
  const broken = new Error('the disk is gone')
  const credentials = () => Promise.reject(broken)
  const { client } = await start(t, 1, { ...credentialsInMemory(), credentials })
  await t.rejects(client.offers(PRODUCT.id), broken)
  t.equal(client.health.lastError, null)
})

t.test('no message shows the token', async (t) => {
  const { client } = await startWith(t, 401, '{"detail":"nobody"}')
  await t.rejects(client.offers(PRODUCT.id), { message: /^(?!.*secret-token)/ })
})

t.test('close ends the calls that are under way, as unavailable', async (t) => {
  const arrived = Promise.withResolvers<void>()
  const baseUrl = await listen(t, () => arrived.resolve())
  const { client } = startClient(t, baseUrl)
  const underWay = faultOf(client.offers(PRODUCT.id))
  await arrived.promise
  await client.close()
  t.equal(await underWay, 'unavailable')
})

t.test('a call without a service to answer it is unavailable', async (t) => {
  const { client } = startClient(t, await answering(t, 500, ''))
  t.equal(await faultOf(client.offers(PRODUCT.id)), 'unavailable')
})
