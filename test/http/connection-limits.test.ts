import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import fastify from 'fastify'
import t from 'tap'
import { connectionLimits } from '../../http/connection-limits.ts'
import { startApp } from '../helper.ts'
import { NO_UPSTREAM } from '../routes/helper.ts'

/** The limits of the service, a fiftieth as long. */
const quick = {
  requestTimeout: connectionLimits.requestTimeout / 50,
  connectionTimeout: connectionLimits.connectionTimeout / 50,
  http: {
    headersTimeout: connectionLimits.http.headersTimeout / 50,
    connectionsCheckingInterval: connectionLimits.http.connectionsCheckingInterval / 50,
  },
}

/** What a client sends: first this, and then the same bytes again and again. */
const clients: [what: string, first: string, then: string][] = [
  ['says nothing', '', ''],
  ['trickles its header', 'GET / HTTP/1.1\r\nHost: a\r\n', 'X: y\r\n'],
  ['stops within its header', 'GET / HTTP/1.1\r\nHost', ''],
  [
    'trickles its body',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99999\r\n\r\n',
    ' ',
  ],
  [
    'stops within its body',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    '',
  ],
  ['does not read its answer', 'GET /large HTTP/1.1\r\nHost: a\r\n\r\n', ''],
]
for (const [what, first, then] of clients) {
  t.test(`a client that ${what} is cut off`, async (t) => {
    const app = fastify(quick)
    app.get('/large', () => 'x'.repeat(64 * 1024 * 1024))
    app.post('/', () => 'ok')
    const address = await app.listen({ host: '127.0.0.1', port: 0 })
    t.teardown(() => app.close())
    const connected = once(app.server, 'connection')
    const client = connect({ port: Number(new URL(address).port), host: '127.0.0.1' })
    client.on('error', () => {}) // Its writes fail once it is cut off.
    t.teardown(() => client.destroy())
    const [socket] = (await connected) as [Socket]
    client.write(first)
    const trickle = setInterval(() => then && client.write(then), 10)
    t.teardown(() => clearInterval(trickle))
    await new Promise((resolve) => socket.once('close', resolve))
    t.pass('its connection is closed')
  })
}

t.test('the service keeps to these limits', async (t) => {
  const { server } = await startApp(t, NO_UPSTREAM)
  t.equal(server.headersTimeout, connectionLimits.http.headersTimeout)
  t.equal(server.requestTimeout, connectionLimits.requestTimeout)
  t.equal(server.timeout, connectionLimits.connectionTimeout)
})
