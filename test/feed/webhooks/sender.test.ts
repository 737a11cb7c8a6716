import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { AddressGuard, type Resolve } from '../../../feed/webhooks/guard.ts'
import { Sender } from '../../../feed/webhooks/sender.ts'
import { eventually } from '../../helper.ts'
import { heldTimers } from '../../timers.ts'
import { resolving } from './names.ts'
import { accept, hang, startReceiver, status } from './receiver.ts'

const MESSAGE = { headers: { 'content-type': 'application/json' }, body: '{"a":1}' }
const NOT_PUBLIC = 'The host of the URL does not have a public address'
const CLOSED = { allowPrivate: false, proxied: false }
const FAILED = { status: null, retryAfter: undefined, date: undefined }

interface Options {
  allowPrivate?: boolean
  resolve?: Resolve
  timeoutMs?: number
  proxy?: string
}

function senderTo(t: Test, url: string, options: Options = {}) {
  const { allowPrivate = true, resolve, timeoutMs = 10_000, proxy } = options
  const sender = new Sender({
    ...{ url, timeoutMs, proxy, clock: Date.now, random: () => 0 },
    guard: new AddressGuard({ allowPrivate, proxied: proxy !== undefined, resolve }),
  })
  t.teardown(() => sender.close())
  return sender
}

/** A server that takes connections, and what `serve` makes of each. */
async function startSockets(t: Test, serve: (socket: Socket, index: number) => void) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    serve(socket, sockets.size - 1)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { sockets, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

t.test('messages go to the path and query of the URL, over one connection', async (t) => {
  const receiver = await startReceiver(t)
  const sender = senderTo(t, receiver.url)
  for (let n = 0; n < 3; n++) {
    t.match(await sender.send(MESSAGE), { status: 204, error: null })
  }
  t.equal(receiver.arrivals.length, 3)
  t.equal(receiver.connections, 1)
  t.match(receiver.arrivals[0], { path: '/hook?key=a', body: '{"a":1}' })
  t.equal(receiver.arrivals[0]?.headers['content-type'], 'application/json')
})

const ANSWERS: [status: number, error: string | null][] = [
  [200, null],
  [299, null],
  [301, 'The receiver answered 301; redirects are not followed, so change the url'],
  [400, 'The receiver answered 400'],
  [410, 'The receiver answered 410'],
  [500, 'The receiver answered 500'],
]

for (const [code, error] of ANSWERS) {
  t.test(`an answer of ${code} is a ${error === null ? 'success' : 'failure'}`, async (t) => {
    const receiver = await startReceiver(t, status(code, { 'retry-after': '7', date: 'now' }))
    const attempt = await senderTo(t, receiver.url).send(MESSAGE)
    t.strictSame(attempt, { status: code, error, retryAfter: '7', date: 'now' })
  })
}

t.test('a header that is there twice says nothing', async (t) => {
  const receiver = await startReceiver(t, (response) =>
    response.writeHead(500, ['retry-after', '1', 'retry-after', '2']).end(),
  )
  t.match(await senderTo(t, receiver.url).send(MESSAGE), { status: 500, retryAfter: undefined })
})

t.test('redirects are not followed', async (t) => {
  const target = await startReceiver(t)
  for (const code of [301, 302, 303, 307, 308]) {
    const receiver = await startReceiver(t, status(code, { location: target.url }))
    t.match(await senderTo(t, receiver.url).send(MESSAGE), { status: code })
  }
  t.equal(target.arrivals.length, 0)
})

t.test('a receiver that does not answer times out', async (t) => {
  const receiver = await startReceiver(t, hang)
  const attempt = await senderTo(t, receiver.url, { timeoutMs: 20 }).send(MESSAGE)
  t.strictSame(attempt, { ...FAILED, error: 'The receiver did not answer within 20 ms' })
})

t.test('a message that waits for its connection for too long is never sent', async (t) => {
  const timeoutMs = 54_321
  const endTimers = heldTimers(t, timeoutMs)
  const receiver = await startReceiver(t)
  const resolved = Promise.withResolvers<void>()
  const resolve: Resolve = async (_host, _options, callback) => {
    await resolved.promise
    callback(null, [{ address: '127.0.0.1', family: 4 }])
  }
  const url = `http://receiver.example:${receiver.port}/`
  const sender = senderTo(t, url, { resolve, timeoutMs })
  const attempt = sender.send({ ...MESSAGE, body: 'late' })
  t.equal(endTimers(), 1)
  t.strictSame(await attempt, {
    ...FAILED,
    error: `The receiver did not answer within ${timeoutMs} ms`,
  })
  resolved.resolve()
  await eventually(() => receiver.connections === 1)
  await sender.send(MESSAGE)
  t.same(
    receiver.arrivals.map(({ body }) => body),
    [MESSAGE.body],
  )
})

t.test('an early response is not the answer', async (t) => {
  const receiver = await startReceiver(t, (response, arrival, index) => {
    response.writeProcessing()
    accept(response, arrival, index)
  })
  t.match(await senderTo(t, receiver.url).send(MESSAGE), { status: 204 })
})

t.test('a body without end is read neither for long nor in full', async (t) => {
  const receiver = await startReceiver(t, (response) => {
    response.writeHead(200)
    const write = () => response.write('x'.repeat(16_384)) && setImmediate(write)
    write()
  })
  const sender = senderTo(t, receiver.url)
  t.match(await sender.send(MESSAGE), { status: 200, error: null })
  receiver.answer = (response) => response.writeHead(200).write('x')
  t.match(await sender.send(MESSAGE), { status: 200, error: null })
  receiver.answer = accept
  t.match(await sender.send(MESSAGE), { status: 204, error: null })
})

t.test('the error of a receiver that is down has its code', async (t) => {
  const attempt = await senderTo(t, 'http://127.0.0.1:1/').send(MESSAGE)
  t.strictSame(attempt, { ...FAILED, error: 'The receiver cannot be reached (ECONNREFUSED)' })
})

t.test('a message is sent again where an idle connection was closed', async (t) => {
  const { sockets, url } = await startSockets(t, (socket, index) => {
    socket.once('data', () => {
      if (index === 0) socket.resetAndDestroy()
      else socket.end('HTTP/1.1 204 No Content\r\n\r\n')
    })
  })
  t.match(await senderTo(t, url).send(MESSAGE), { status: 204, error: null })
  t.equal(sockets.size, 2)
})

t.test('a connection that ends each time is a failure', async (t) => {
  const { sockets, url } = await startSockets(t, (socket) => {
    socket.once('data', () => socket.destroy())
  })
  const attempt = await senderTo(t, url).send(MESSAGE)
  t.strictSame(attempt, { ...FAILED, error: 'The receiver cannot be reached (UND_ERR_SOCKET)' })
  t.equal(sockets.size, 2)
})

t.test('a message is not sent again where its answer was cut off', async (t) => {
  const { sockets, url } = await startSockets(t, (socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx'))
  })
  t.match(await senderTo(t, url).send(MESSAGE), { status: 200, error: null })
  t.equal(sockets.size, 1)
})

t.test('no form of a loopback address is reached', async (t) => {
  const four = await startReceiver(t, accept, '127.0.0.1')
  const hosts = [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '017700000001',
    '0177.0.0.1',
    '0',
  ]
  hosts.push(
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    'localhost',
    'localhost.',
  )
  hosts.push('app.localhost', 'mapped.example', 'loopback.example', 'loopback.example.')
  const resolve = resolving({
    ...{ 'mapped.example': [['::ffff:127.0.0.1']], 'loopback.example': [['127.0.0.1']] },
    ...{ 'loopback.example.': [['127.0.0.1']], localhost: [['127.0.0.1']] },
  })
  for (const host of hosts) {
    const sender = senderTo(t, `http://${host}:${four.port}/`, { allowPrivate: false, resolve })
    t.strictSame(await sender.send(MESSAGE), { ...FAILED, error: NOT_PUBLIC }, host)
  }
  t.equal(four.connections, 0)
})

t.test('a name that leads elsewhere after it was checked is not followed', async (t) => {
  const receiver = await startReceiver(t)
  const resolve = resolving({ 'moving.example': [['93.184.215.14'], ['127.0.0.1']] })
  const guard = new AddressGuard({ allowPrivate: false, proxied: false, resolve })
  const options = { allowPrivate: false, resolve }
  const url = `http://moving.example:${receiver.port}/`
  t.equal(await guard.urlFault(url), undefined, 'it was public when the webhook was created')
  const attempt = await senderTo(t, url, options).send(MESSAGE)
  t.strictSame(attempt, { ...FAILED, error: NOT_PUBLIC })
  t.equal(receiver.connections, 0)
})

t.test('a name is checked for each connection, also where the last one was good', async (t) => {
  const receiver = await startReceiver(t)
  // The address of the receiver is allowed once, as if it were public.
  const looks = [['127.0.0.1'], ['127.0.0.1', '93.184.215.14'], ['10.0.0.1'], []]
  const resolve = resolving({ 'moving.example': looks })
  const guard = new AddressGuard({ allowPrivate: false, proxied: false, resolve })
  const open = new AddressGuard({ allowPrivate: true, proxied: false, resolve })
  let looked = 0
  const url = `http://moving.example:${receiver.port}/`
  const sender = new Sender({
    ...{ url, timeoutMs: 10_000, proxy: undefined, clock: Date.now, random: () => 0 },
    guard: Object.assign(guard, {
      lookup: (...call: Parameters<AddressGuard['lookup']>) => {
        looked += 1
        return (looked === 1 ? open : new AddressGuard({ ...CLOSED, resolve })).lookup(...call)
      },
    }),
  })
  t.teardown(() => sender.close())
  receiver.answer = (response) => response.writeHead(200, { connection: 'close' }).end()
  t.match(await sender.send(MESSAGE), { status: 200 })
  for (const what of ['its own', 'another']) {
    t.strictSame(await sender.send(MESSAGE), { ...FAILED, error: NOT_PUBLIC }, what)
  }
  t.match(await sender.send(MESSAGE), { status: null, error: /cannot be reached/ }, 'none')
  t.equal(receiver.connections, 1)
})

t.test('a connection goes to the address that was checked, without looking again', async (t) => {
  const receiver = await startReceiver(t)
  const resolve = resolving({ 'receiver.example': [['127.0.0.1'], ['127.0.0.2']] })
  const sender = senderTo(t, `http://receiver.example:${receiver.port}/`, { resolve })
  t.match(await sender.send(MESSAGE), { status: 204 })
  t.match(await sender.send(MESSAGE), { status: 204 })
  t.equal(receiver.connections, 1)
})

t.test('with a proxy, the proxy resolves the host name', async (t) => {
  const { url: proxy } = await startSockets(t, (socket) => {
    socket.once('data', (head) => {
      asked.push(head.toString().split('\r\n')[0] ?? '')
      socket.write('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
    })
  })
  const asked: string[] = []
  const resolve = () => t.fail('the proxy resolves names')
  const sender = senderTo(t, 'https://receiver.example/hook', {
    proxy,
    resolve,
    allowPrivate: false,
  })
  const attempt = await sender.send(MESSAGE)
  t.match(attempt, { status: null, error: /^The receiver cannot be reached through the proxy/ })
  t.same(asked, ['CONNECT receiver.example:443 HTTP/1.1'])
})
