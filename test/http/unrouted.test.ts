import { once } from 'node:events'
import { connect, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import fastify from 'fastify'
import t, { type Test } from 'tap'
import { SECURITY_HEADERS } from '../../http/security-headers.ts'
import { refuseUnparsable } from '../../http/unrouted.ts'
import { eventually, startApp } from '../helper.ts'
import { buildLogged } from '../plugins/helper.ts'
import { type App, isError, NO_UPSTREAM, PRODUCTS, UNKNOWN_ID } from '../routes/helper.ts'

const { log: silent } = fastify()

const MALFORMED = 'The path is not valid percent-encoded UTF-8'

/** What the service answers to bytes on a connection of their own. */
async function exchange(app: App, bytes: string) {
  const { port } = new URL(app.listeningOrigin)
  const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true })
  socket.write(bytes)
  const answer = await text(socket)
  socket.destroy()
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  const [status = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 2),
    ]),
  )
  return { statusCode: Number(status.split(' ')[1]), headers, body }
}

function hasCommonHeaders(t: Test, headers: Record<string, unknown>) {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) t.equal(headers[name], value, name)
  t.match(headers['x-request-id'], /^[a-z0-9]+-\d+$/)
}

const get = (url: string, ...headers: string[]) =>
  [`GET ${url} HTTP/1.1`, 'Host: a', 'Connection: close', ...headers, '', ''].join('\r\n')

/** Bytes that never reach a route, and how they are answered. */
const refused: [what: string, bytes: string, status: number, message: string | RegExp][] = [
  [
    'bytes that are no HTTP',
    'hello\r\n\r\n',
    400,
    /^This is not a valid HTTP\/1\.1 request: Invalid/,
  ],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00', 400, /^This is not a valid HTTP\/1\.1 request: /],
  ['a method that HTTP has not', 'FETCH / HTTP/1.1\r\nHost: a\r\n\r\n', 400, /Invalid method/],
  [
    'a version to come',
    'GET / HTTP/9.9\r\nHost: a\r\n\r\n',
    400,
    /^This HTTP version is not supported/,
  ],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, /HTTP\/2 needs a proxy/],
  ['a header without a colon', `GET ${PRODUCTS} HTTP/1.1\r\nHost\r\n\r\n`, 400, /header/],
  ['a blank in the URL', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n', 400, /^This /],
  [
    'two lengths',
    `POST ${PRODUCTS} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`,
    400,
    /Content-Length/i,
  ],
  ['headers over 16 KiB', get(PRODUCTS, `X: ${'x'.repeat(20_000)}`), 431, /larger than 16 KiB$/],
  ['a URL over 16 KiB', get(`/${'x'.repeat(20_000)}`), 431, /larger than 16 KiB$/],
  [
    'no host',
    `GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n`,
    400,
    'The header host is missing',
  ],
  ['no host and an unknown path', 'GET /nope HTTP/1.1\r\nConnection: close\r\n\r\n', 400, /host/],
  ['a path that is no UTF-8', get('/%ff'), 400, MALFORMED],
  ['such a path in a whole URL', get('http://a/%ff'), 400, MALFORMED],
  ['an unknown path in a whole URL', get('http://a/nope'), 404, 'There is no /nope'],
  [
    'a rare method in a whole URL',
    `LOCK http://a${PRODUCTS}?q=a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    405,
    'The method LOCK is not supported here; use GET, HEAD, POST',
  ],
  ['a path of an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 405, /./],
  ['an expectation', get('/nope', 'Expect: a-miracle'), 404, 'There is no /nope'],
]

t.test('what never reaches a route is answered like everything else', async (t) => {
  const { app, lines } = await buildLogged(t, NO_UPSTREAM)
  await app.listen({ host: '127.0.0.1', port: 0 })
  for (const [what, bytes, statusCode, message] of refused) {
    await t.test(`${what} is a ${statusCode}`, async (t) => {
      lines.length = 0
      const response = await exchange(app, bytes)
      hasCommonHeaders(t, response.headers)
      t.match(response.headers['content-type'], /^application\/json/)
      t.equal(response.statusCode, statusCode)
      const body = JSON.parse(response.body)
      t.match(body, { statusCode, error: /^[A-Z]/, message })
      t.strictSame(Object.keys(body).sort(), ['error', 'message', 'statusCode'])
      const reqId = response.headers['x-request-id']
      t.match(await eventually(() => lines.find((line) => line.reqId === reqId)), {
        level: 30,
        res: { statusCode },
      })
    })
  }

  await t.test('HTTP/1.0 needs no host', async (t) => {
    t.equal((await exchange(app, 'GET /health/live HTTP/1.0\r\n\r\n')).statusCode, 200)
  })

  await t.test('an unknown expectation is ignored', async (t) => {
    t.equal((await exchange(app, get('/health/live', 'Expect: a-miracle'))).statusCode, 200)
  })

  await t.test('a client that resets its connection is not logged', async (t) => {
    lines.length = 0
    const socket = connect({ port: Number(new URL(app.listeningOrigin).port), host: '127.0.0.1' })
    socket.write('GET / HTTP/1.1\r\nHost')
    await new Promise((resolve) => app.server.once('connection', resolve))
    socket.resetAndDestroy()
    await exchange(app, get('/health/live'))
    t.notMatch(JSON.stringify(lines), 'refused by the parser')
  })
})

/** The error of Node.js for a request that it abandons, with the answer; no answer if none would arrive. */
const faults: [code: string, writable: boolean, status: number | undefined][] = [
  ['ERR_HTTP_REQUEST_TIMEOUT', true, 408],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', true, 413],
  ['HPE_HEADER_OVERFLOW', true, 431],
  ['HPE_INVALID_CHUNK_SIZE', true, 400],
  ['HPE_INVALID_CHUNK_SIZE', false, undefined],
  ['ECONNRESET', true, undefined],
]

for (const [code, writable, status] of faults) {
  t.test(`${code} is answered with ${status ?? 'nothing'}`, async (t) => {
    const socket = new Socket()
    if (!writable) socket.destroy()
    let written = ''
    socket.write = (text: string) => {
      written += text
      return true
    }
    const details = { code, bytesParsed: 0, rawPacket: { type: 'Buffer', data: [] } }
    refuseUnparsable(
      silent,
      'z-1',
      Object.assign(new Error('Parse Error: it broke'), details),
      socket,
    )
    t.equal(written === '' ? undefined : Number(written.split(' ')[1]), status)
    if (status !== undefined) t.ok(socket.destroyed)
  })
}

const malformedPaths = [
  '/api/v1/%',
  '/api/v1/%zz',
  `${PRODUCTS}/%ff`,
  `${PRODUCTS}/%ff/offers`,
  `${PRODUCTS}/%ff?limit=1`,
  `${PRODUCTS}/${UNKNOWN_ID}/offers/%ed%a0%80/trend`,
  '/%61pi/v1/%ff',
]
const methods = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'PUT', 'LOCK'] as const

t.test('a malformed path of the API wants a token first', async (t) => {
  const app = await startApp(t, { ...NO_UPSTREAM, API_TOKEN: 'token', API_READ_TOKEN: 'read' })
  for (const url of malformedPaths) {
    for (const method of methods) {
      await t.test(`${method} ${url}`, async (t) => {
        const send = (token?: string) =>
          app.inject({
            method: method as 'GET',
            url,
            headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
          })
        const [without, reading, response] = [await send(), await send('read'), await send('token')]
        t.equal(without.statusCode, 401)
        t.equal(reading.statusCode, method === 'GET' || method === 'HEAD' ? 400 : 403)
        t.equal(response.statusCode, 400)
        if (method !== 'HEAD') isError(t, response, 400, MALFORMED)
        for (const { headers } of [without, reading, response]) hasCommonHeaders(t, headers)
      })
    }
  }

  for (const url of ['/%ff', '/%', '/apiv1/%ff', '/api/v2/%ff', '/assets/%ff', '/docs/%ff']) {
    await t.test(`${url} is not a path of the API`, async (t) => {
      isError(t, await app.inject(url), 400, MALFORMED)
    })
  }
})

t.test('while it stops, the service says so on connections that are still open', async (t) => {
  const { app } = await buildLogged(t, NO_UPSTREAM)
  let release = () => {}
  const stopping = new Promise<void>((resolve) => {
    app.addHook('preClose', async () => resolve())
  })
  const arrived = new Promise<void>((resolve) => {
    app.get('/slow', { schema: { hide: true } }, async () => {
      resolve()
      await new Promise<void>((go) => {
        release = go
      })
      return 'done'
    })
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = new URL(app.listeningOrigin)
  const late = connect({ port: Number(port), host: '127.0.0.1' })
  late.write(`GET ${PRODUCTS} HTTP/1.1\r\nHost: a\r\n`)
  await once(late, 'connect')
  const slow = fetch(`${app.listeningOrigin}/slow`)
  await arrived // And so has what was written before.
  const closed = app.close()
  await stopping
  late.write('\r\n')
  const answer = await text(late)
  release()
  t.equal(await (await slow).text(), 'done')
  await closed
  t.match(answer, /^HTTP\/1\.1 503 /)
  t.match(answer, /\r\nx-request-id: [a-z0-9]+-2\r\n/)
  t.match(answer, /\r\nx-content-type-options: nosniff\r\n/)
  t.match(
    answer,
    '{"statusCode":503,"error":"Service Unavailable","message":"The service is stopping; try again later"}',
  )
})
