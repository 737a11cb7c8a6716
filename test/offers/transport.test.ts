import type { RequestListener } from 'node:http'
import t from 'tap'
import { Pool } from 'undici'
import { jsonOf } from '../../offers/answer.ts'
import { exchange } from '../../offers/exchange.ts'
import { type OffersRequest, retryAfterMs } from '../../offers/transport.ts'
import { heldTimers } from '../timers.ts'
import { MINUTE, NOW, SECOND } from './clock.ts'
import { failures, recording } from './services.ts'
import { answering, connect, faultOf, listen, refusingUrl } from './upstream.ts'

const GET: OffersRequest = { method: 'GET', path: '/x', token: 'secret-token' }
const LIMIT = 1024 * 1024

t.test('the token is sent in the header that is literally named Bearer', async (t) => {
  const { baseUrl, requests } = await recording(t)
  await connect(t, baseUrl).transport.send(GET)
  const headers = requests[0]?.headers ?? []
  t.equal(headers[headers.indexOf('Bearer') + 1], 'secret-token')
  t.notOk(headers.some((name) => name.toLowerCase() === 'authorization'))
})

t.test('no compression is asked for', async (t) => {
  const { baseUrl, requests } = await recording(t)
  await connect(t, baseUrl).transport.send(GET)
  const headers = requests[0]?.headers ?? []
  t.equal(headers[headers.indexOf('accept-encoding') + 1], 'identity')
})

t.test('without a token neither Bearer nor Authorization is sent', async (t) => {
  const { baseUrl, requests } = await recording(t)
  await connect(t, baseUrl).transport.send({ method: 'POST', path: '/auth' })
  const names = requests[0]?.headers.map((header) => header.toLowerCase()) ?? []
  t.notOk(names.includes('bearer'))
  t.notOk(names.includes('authorization'))
})

t.test('a body is sent as JSON', async (t) => {
  const { baseUrl, requests } = await recording(t)
  await connect(t, baseUrl).transport.send({ method: 'POST', path: '/x', body: { name: 'Ř' } })
  t.match(requests, [{ line: 'POST /api/v1/x', body: '{"name":"Ř"}' }])
  const headers = requests[0]?.headers ?? []
  t.equal(headers[headers.indexOf('content-type') + 1], 'application/json')
})

for (const status of [200, 201, 204, 301, 400, 401, 404, 409, 418, 422]) {
  t.test(`an answer with status ${status} is given as it is`, async (t) => {
    const body = status === 204 ? '' : '{"said":1}'
    const { transport } = connect(t, await answering(t, status, body))
    const answer = await transport.send(GET)
    t.equal(answer.status, status)
    t.same(jsonOf(answer), body ? { said: 1 } : undefined)
  })
}

for (const status of [301, 302, 303, 307, 308]) {
  t.test(`a redirect with status ${status} is not followed`, async (t) => {
    const paths: (string | undefined)[] = []
    const baseUrl = await listen(t, (request, response) => {
      paths.push(request.url)
      response.writeHead(status, { location: '/api/v1/elsewhere' }).end()
    })
    const answer = await connect(t, baseUrl).transport.send(GET)
    t.equal(answer.status, status)
    t.same(paths, ['/api/v1/x'])
  })
}

const noJson: [name: string, body: string | Buffer][] = [
  ['is empty', ''],
  ['is HTML', '<html>'],
  ['is cut off', '[{"id":'],
  ['is not UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22])],
  ['is UTF-16', Buffer.from('[]', 'utf16le')],
]
for (const [name, body] of noJson) {
  t.test(`an answer that ${name} has no JSON`, async (t) => {
    const { transport } = connect(t, await answering(t, 200, body))
    const answer = await transport.send(GET)
    t.equal(answer.status, 200)
    t.equal(jsonOf(answer), undefined)
  })
}

t.test('an answer of 1 MiB is read', async (t) => {
  const { transport } = connect(t, await answering(t, 200, `"${'x'.repeat(LIMIT - 2)}"`))
  t.match(jsonOf(await transport.send(GET)), /^x{9}/)
})

const tooLarge: [name: string, answer: RequestListener][] = [
  ['told in its header', (_request, response) => response.end('x'.repeat(LIMIT + 1))],
  [
    'told by nothing',
    (_request, response) => {
      response.write('x'.repeat(LIMIT))
      response.end('x')
    },
  ],
]
for (const [name, answer] of tooLarge) {
  t.test(`an answer over 1 MiB, ${name}, cannot be read, and is no failure`, async (t) => {
    const { transport, changes } = connect(t, await listen(t, answer))
    for (let n = 0; n < 5; n++) {
      const unreadable = 'The answer is larger than 1048576 bytes'
      t.match(await transport.send(GET), { status: 200, body: { length: 0 }, unreadable })
    }
    t.same(changes, [], 'the breaker stays closed')
  })
}

for (const [name, message, start] of failures) {
  t.test(`${name} is a failure, and five of them open the breaker`, async (t) => {
    const timeoutMs = message.source.includes('100 ms') ? 100 : 30_000
    const { transport, changes } = connect(t, await start(t), { timeoutMs })
    const calls = Array.from({ length: 5 }, () =>
      t.rejects(transport.send(GET), { fault: 'unavailable', message }),
    )
    await Promise.all(calls)
    t.same(changes, [true])
  })
}

t.test('nothing is sent while the breaker is open', async (t) => {
  let requests = 0
  const baseUrl = await listen(t, (_request, response) => {
    requests += 1
    response.writeHead(500).end()
  })
  const { transport } = connect(t, baseUrl)
  for (let n = 0; n < 5; n++) await faultOf(transport.send(GET))
  t.equal(await faultOf(transport.send(GET)), 'paused')
  t.equal(requests, 5)
})

t.test('a probe that is answered closes the breaker', async (t) => {
  let status = 500
  const baseUrl = await listen(t, (_request, response) => response.writeHead(status).end())
  let now = NOW
  const { transport, changes } = connect(t, baseUrl, { clock: () => now })
  for (let n = 0; n < 5; n++) await faultOf(transport.send(GET))
  status = 404
  now += SECOND
  t.equal(await faultOf(transport.send(GET)), 'ok')
  t.same(changes, [true, false])
})

const httpDate = (ms: number) => new Date(ms).toUTCString()

const retryAfters: [retryAfter: string | undefined, date: string | undefined, ms?: number][] = [
  [undefined, undefined],
  ['', undefined],
  ['soon', httpDate(NOW)],
  ['0', undefined, 0],
  ['120', httpDate(NOW + 40 * MINUTE), 2 * MINUTE],
  [httpDate(NOW + MINUTE), undefined, MINUTE],
  [httpDate(NOW - MINUTE), undefined, -MINUTE],
  [httpDate(NOW + MINUTE), 'noon', MINUTE],
  [httpDate(NOW + MINUTE), httpDate(NOW - MINUTE), 2 * MINUTE],
  [httpDate(NOW - 40 * MINUTE), httpDate(NOW - 41 * MINUTE), MINUTE],
]
for (const [retryAfter, date, expected] of retryAfters) {
  t.test(`Retry-After ${retryAfter} of ${date} means ${expected} ms`, async (t) => {
    t.equal(retryAfterMs({ retryAfter, date }, NOW), expected)
  })
}

/** The clock of the Offers service may be another one. */
const SENT_AT = NOW + 3 * 60 * MINUTE

const pausing: [status: number, retryAfter: string, pausedUntil: number][] = [
  [429, '30', NOW + 30 * SECOND],
  [503, '30', NOW + 30 * SECOND],
  [429, httpDate(SENT_AT + MINUTE), NOW + MINUTE],
  [503, httpDate(SENT_AT + MINUTE), NOW + MINUTE],
  [503, '86400', NOW + 10 * MINUTE],
  [429, '9'.repeat(400), NOW + 10 * MINUTE],
]
for (const [status, retryAfter, pausedUntil] of pausing) {
  t.test(`${status} with Retry-After ${retryAfter.slice(0, 30)} pauses all calls`, async (t) => {
    let requests = 0
    const baseUrl = await listen(t, (_request, response) => {
      requests += 1
      response.writeHead(status, { 'retry-after': retryAfter, date: httpDate(SENT_AT) }).end()
    })
    let now = NOW
    const { transport, breaker } = connect(t, baseUrl, { clock: () => now })
    await t.rejects(transport.send(GET), { fault: 'paused', message: String(status) })
    t.equal(breaker.pausedUntil, pausedUntil)
    now = pausedUntil - 1
    t.equal(await faultOf(transport.send(GET)), 'paused')
    t.equal(requests, 1, 'no call until then')
    now = pausedUntil
    await faultOf(transport.send(GET))
    t.equal(requests, 2, 'a call after it')
  })
}

const notPausing: [name: string, status: number, retryAfter: string | string[]][] = [
  // Both were taken for pauses of no length, so that every product was asked for again at once.
  ['a time that is over: the calls went on without end', 503, '0'],
  ['a date that is over: the calls went on without end', 429, httpDate(SENT_AT)],
  ['something that is no time', 503, 'soon'],
  ['two times', 503, ['30', '30']],
  ['a time, but with another status', 500, '30'],
]
for (const [name, status, retryAfter] of notPausing) {
  t.test(`${status} with Retry-After of ${name} is a failure`, async (t) => {
    const baseUrl = await listen(t, (_request, response) => {
      response.setHeader('retry-after', retryAfter)
      response.setHeader('date', httpDate(SENT_AT))
      response.writeHead(status).end()
    })
    const { transport, breaker, changes } = connect(t, baseUrl)
    for (let n = 0; n < 5; n++) t.equal(await faultOf(transport.send(GET)), 'unavailable')
    t.equal(breaker.pausedUntil, null)
    t.same(changes, [true])
  })
}

const bodies: [name: string, answer: (response: Parameters<RequestListener>[1]) => void][] = [
  ['is over 1 MiB: it was taken for an answer', (response) => response.end('x'.repeat(2 * LIMIT))],
  ['never ends: its header was not read', (response) => response.write('x')],
  [
    'is cut off: its header was not read',
    (response) => response.write('x', () => response.destroy()),
  ],
]
for (const [name, answer] of bodies) {
  t.test(`a 503 asks for its pause even where its body ${name}`, async (t) => {
    const baseUrl = await listen(t, (_request, response) => {
      response.writeHead(503, { 'retry-after': '30' })
      answer(response)
    })
    const { transport, breaker } = connect(t, baseUrl)
    t.equal(await faultOf(transport.send(GET)), 'paused')
    t.equal(breaker.pausedUntil, NOW + 30 * SECOND)
  })
}

t.test('an answer that came while the event loop was busy is not late', async (t) => {
  const timeoutMs = 54_321
  const endTimers = heldTimers(t, timeoutMs)
  const baseUrl = await listen(t, (_request, response) => {
    response.end('[]')
    // Timers that end meanwhile are called before the answer is read.
    setImmediate(() => t.equal(endTimers(), 1))
  })
  const { transport } = connect(t, baseUrl, { timeoutMs })
  t.equal(await faultOf(transport.send(GET)), 'ok')
})

t.test('a call whose deadline is over while it waits for a connection is not sent', async (t) => {
  const paths: (string | undefined)[] = []
  const over = Promise.withResolvers<void>()
  const baseUrl = await listen(t, async ({ url }, response) => {
    paths.push(url)
    await over.promise
    response.end()
  })
  const pool = new Pool(new URL(baseUrl).origin, { connections: 1 })
  t.teardown(() => pool.destroy())
  const get = (path: string, timeoutMs: number) =>
    exchange({ kept: pool, fresh: pool }, { method: 'GET', path }, timeoutMs, () => {})
  const slow = get('/slow', 30_000)
  await t.rejects(get('/waiting', 50), { name: 'TimeoutError' })
  over.resolve()
  t.equal((await slow).status, 200)
  t.equal((await get('/after', 30_000)).status, 200)
  t.same(paths, ['/slow', '/after'])
})

t.test('no message shows the token', async (t) => {
  const { transport } = connect(t, await refusingUrl(t))
  await t.rejects(transport.send(GET), { message: /^(?!.*secret-token)/ })
})

t.test('close ends a call that is under way, as unavailable, and all after it', async (t) => {
  const arrived = Promise.withResolvers<void>()
  const baseUrl = await listen(t, () => arrived.resolve())
  const { transport } = connect(t, baseUrl)
  const underWay = faultOf(transport.send(GET))
  await arrived.promise
  await transport.close()
  t.equal(await underWay, 'unavailable')
  t.equal(await faultOf(transport.send(GET)), 'unavailable')
})

t.test('close can be called twice', async (t) => {
  const { transport } = connect(t, await answering(t, 200, '[]'))
  await transport.close()
  await t.resolves(transport.close())
})
