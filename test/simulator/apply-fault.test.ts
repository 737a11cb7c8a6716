import { type IncomingMessage, request } from 'node:http'
import t from 'tap'
import { buildSimulator } from '../../simulator/app.ts'
import type { Fault } from '../../simulator/faults.ts'

/** Faults of a connection need a real one. */
async function startServer(t: { teardown(fn: () => unknown): unknown }, next: Fault[]) {
  const app = buildSimulator({ log: true })
  t.teardown(() => app.close())
  app.simulator.faults.settings.next.push(...next)
  const url = `${await app.listen({ port: 0 })}/api/v1/auth`
  const post = (signal?: AbortSignal) =>
    new Promise<{ status: number | undefined; message: IncomingMessage; body: string }>(
      (resolve, reject) => {
        request(url, { method: 'POST', signal, agent: false }, (message) => {
          let body = ''
          message.setEncoding('utf8')
          message.on('data', (part: string) => {
            body += part
          })
          message.on('end', () => resolve({ status: message.statusCode, message, body }))
        })
          .on('error', reject)
          .end()
      },
    )
  return { app, simulator: app.simulator, post }
}

const answers: [string, Fault, number, string, Record<string, string>][] = [
  [
    'a status',
    { status: 500 },
    500,
    '{"code":"INTERNAL SERVER ERROR","msg":"Simulated fault"}',
    {},
  ],
  ['a body', { body: '<html>' }, 200, '<html>', {}],
  ['both', { status: 502, body: '' }, 502, '', {}],
  ['a time to wait', { status: 429, body: '', retry_after: '3' }, 429, '', { 'retry-after': '3' }],
  ['a redirect', { status: 307, body: '', location: '/x' }, 307, '', { location: '/x' }],
]
for (const [name, fault, status, body, headers] of answers) {
  t.test(`answers with ${name} and does not serve the request`, async (t) => {
    const { post, simulator } = await startServer(t, [fault])
    const answer = await post()
    t.equal(answer.status, status)
    t.equal(answer.body, body)
    t.match(answer.message.headers, headers)
    t.equal(simulator.state.granted.auth, 0)
    t.same(simulator.served.statuses.auth, { [status]: 1 })
  })
}

t.test('resets the connection in place of serving the request', async (t) => {
  const { post, simulator } = await startServer(t, [{ reset: 'request' }])
  await t.rejects(post(), { code: 'ECONNRESET' })
  t.equal(simulator.state.granted.auth, 0)
  t.match(simulator.served.log(), [{ status: 0, body: '' }])
})

t.test('resets the connection in place of the answer', async (t) => {
  const { post, simulator } = await startServer(t, [{ reset: 'answer' }])
  await t.rejects(post(), { code: 'ECONNRESET' })
  t.equal(simulator.state.granted.auth, 1)
  t.match(simulator.served.log(), [{ status: 0 }])
  t.equal((await post()).status, 201)
})

t.test('never answers, and closes all the same', async (t) => {
  const { app, post, simulator } = await startServer(t, [{ hang: true }])
  const arrived = new Promise((resolve) => app.server.once('request', resolve))
  const call = post()
  call.catch(() => {})
  await arrived
  await app.close()
  await t.rejects(call, { code: 'ECONNRESET' })
  t.equal(simulator.state.granted.auth, 0)
  t.same(simulator.served.statuses.auth, { 0: 1 })
})

t.test('holds a request back for its latency, then serves it', async (t) => {
  const { post, simulator } = await startServer(t, [{ latency_ms: 30 }])
  const start = performance.now()
  t.equal((await post()).status, 201)
  // A timer of Node may fire up to a millisecond early.
  t.ok(performance.now() - start >= 29)
  t.equal(simulator.state.granted.auth, 1)
})

t.test('adds up the latency of all requests and of a product', async (t) => {
  const app = buildSimulator()
  t.teardown(() => app.close())
  app.simulator.faults.settings.latency_ms = 20
  const id = '0b6f8a8e-3f0c-4a5d-9b57-0c7a3c0f1d2e'
  app.simulator.faults.products.set(id, { latency_ms: 20 })
  const start = performance.now()
  await app.inject(`/api/v1/products/${id}/offers`)
  t.ok(performance.now() - start >= 38)
})

t.test('does not serve a request whose caller hangs up while it is held back', async (t) => {
  const { app, post, simulator } = await startServer(t, [{ latency_ms: 60_000 }])
  const controller = new AbortController()
  const closed = new Promise((resolve) => {
    app.server.once('request', (_request, response) => {
      response.once('close', resolve)
      controller.abort()
    })
  })
  await t.rejects(post(controller.signal), { name: 'AbortError' })
  await closed
  t.equal(simulator.state.granted.auth, 0)
  t.equal(simulator.served.requests.auth, 1)
  t.same(simulator.served.statuses.auth, {})
})
