import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { realEnvironment } from '../app.ts'
import { startApp } from './helper.ts'
import { type App, NO_UPSTREAM, PRODUCTS } from './routes/helper.ts'

t.test('the running service has the real time, ids of its own and chance', async (t) => {
  const before = Date.now()
  t.ok(realEnvironment.clock() >= before)
  t.match(realEnvironment.newId(), /^[0-9a-f]{8}-[0-9a-f]{4}-7/)
  t.not(realEnvironment.newId(), realEnvironment.newId())
  t.ok(realEnvironment.random() < 1)
})

t.test('every answer forbids to guess its type', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  for (const url of ['/docs', '/health/live', PRODUCTS, `${PRODUCTS}/nope`, '/nope']) {
    t.equal((await app.inject(url)).headers['x-content-type-options'], 'nosniff', url)
  }
})

/** What the service answers to bytes on a connection of their own. */
async function exchange(app: App, bytes: string): Promise<{ head: string; body: unknown }> {
  const { port } = new URL(app.listeningOrigin)
  const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true })
  socket.write(bytes)
  const answer = await text(socket)
  socket.destroy()
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  return { head, body: JSON.parse(body) }
}

const requests: [what: string, bytes: string, status: number][] = [
  ['bytes that are no HTTP', 'hello\r\n\r\n', 400],
  ['a header without a colon', `GET ${PRODUCTS} HTTP/1.1\r\nHost\r\n\r\n`, 400],
  [
    'two lengths',
    `POST ${PRODUCTS} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`,
    400,
  ],
  [
    'headers over 16 KiB',
    `GET ${PRODUCTS} HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    431,
  ],
]

t.test('what is no HTTP request is refused in the one shape of errors', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  await app.listen({ host: '127.0.0.1', port: 0 })
  for (const [what, bytes, statusCode] of requests) {
    await t.test(what, async (t) => {
      const { head, body } = await exchange(app, bytes)
      t.match(head, new RegExp(`^HTTP/1.1 ${statusCode} `))
      t.match(head, /content-type: application\/json/i)
      t.match(body, { statusCode, error: String, message: String })
    })
  }
})

t.test('the service closes while a client keeps its connection', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  t.equal((await fetch(address + PRODUCTS)).status, 200)
  await app.close()
  await t.rejects(fetch(address + PRODUCTS))
})
