import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { eventually } from '../helper.ts'
import { heldTimers } from '../timers.ts'
import { connect, faultOf } from './upstream.ts'

const GET = { method: 'GET', path: '/x' } as const
const POST = { method: 'POST', path: '/x', body: {} } as const

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]'

/** What a server does with a request: the first one of a connection is its number 1. */
type Serve = (socket: Socket, ofConnection: number, connection: number) => void

/** A server of bare connections; `requests` has the number of the connection of each request. */
async function start(t: Test, serve: Serve, timeoutMs?: number) {
  const requests: number[] = []
  let connections = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    connections += 1
    const connection = connections
    let ofConnection = 0
    socket.on('error', () => {})
    socket.on('data', () => {
      ofConnection += 1
      requests.push(connection)
      serve(socket, ofConnection, connection)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { requests, ...connect(t, `http://127.0.0.1:${port}`, { timeoutMs, connections: 1 }) }
}

const endings: [name: string, end: (socket: Socket) => void][] = [
  ['reset', (socket) => socket.resetAndDestroy()],
  ['closed', (socket) => socket.destroy()],
  ['half closed', (socket) => socket.end()],
]
for (const [name, end] of endings) {
  // Single products starved where a service closed connections just as they were polled.
  t.test(`a GET is sent again where the connection it reuses is ${name}`, async (t) => {
    const { transport, requests, extra } = await start(t, (socket, ofConnection) => {
      if (ofConnection === 1) socket.write(OK)
      else end(socket)
    })
    for (let n = 0; n < 3; n++) t.equal(await faultOf(transport.send(GET)), 'ok')
    t.same(requests, [1, 1, 2, 3].slice(0, requests.length), 'each time on a new connection')
    t.equal(requests.length, 4)
    t.equal(extra.requests, 1, 'which counts against the budget of calls')
  })

  t.test(`a GET is sent again once and no more, where connections are ${name}`, async (t) => {
    const { transport, requests, changes } = await start(t, end)
    for (let n = 0; n < 4; n++) t.equal(await faultOf(transport.send(GET)), 'unavailable')
    t.equal(requests.length, 8)
    t.same(changes, [], 'both count as one failure')
    await faultOf(transport.send(GET))
    t.same(changes, [true])
  })

  t.test(`a POST is not sent again where the connection is ${name}`, async (t) => {
    const { transport, requests } = await start(t, end)
    t.equal(await faultOf(transport.send(POST)), 'unavailable')
    t.same(requests, [1])
  })
}

const beginnings: [name: string, text: string][] = [
  ['one byte', 'H'],
  ['a part of its header', 'HTTP/1.1 200 OK\r\nContent-Le'],
  ['its header', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n'],
  ['an early hint', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
]
for (const [name, text] of beginnings) {
  t.test(`a GET is not sent again once ${name} of an answer has come`, async (t) => {
    const { transport, requests } = await start(t, (socket) => socket.end(text))
    t.equal(await faultOf(transport.send(GET)), 'unavailable')
    t.same(requests, [1])
  })
}

t.test('what is sent again has no deadline of its own', async (t) => {
  const timeoutMs = 54_321
  const endTimers = heldTimers(t, timeoutMs)
  const { transport, requests } = await start(
    t,
    (socket, _ofConnection, connection) => connection === 1 && socket.destroy(),
    timeoutMs,
  )
  const late = t.rejects(transport.send(GET), { message: /did not answer within 54321 ms$/ })
  await eventually(() => requests.length === 2)
  t.equal(endTimers(), 1)
  await late
  t.same(requests, [1, 2])
})

t.test('a connection that was made for a second try is not kept', async (t) => {
  const { transport, requests } = await start(t, (socket, _ofConnection, connection) => {
    if (connection === 1) socket.destroy()
    else socket.write(OK)
  })
  t.equal(await faultOf(transport.send(GET)), 'ok')
  t.equal(await faultOf(transport.send(GET)), 'ok')
  t.same(requests, [1, 2, 3])
})
