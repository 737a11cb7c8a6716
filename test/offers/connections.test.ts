import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import t, { type Test } from 'tap'
import { MINUTE, SECOND, stoppedClock } from './clock.ts'
import { connect, faultOf } from './upstream.ts'

const GET = { method: 'GET', path: '/x' } as const

/** Two servers on the same port of two loopback addresses, and how often each was asked. */
async function startTwo(t: Test) {
  const asked = { old: 0, new: 0 }
  const serve = (name: keyof typeof asked) =>
    createServer((_request, response) => {
      asked[name] += 1
      response.end('[]')
    })
  const listen = async (server: Server, port: number, address: string) => {
    server.listen(port, address)
    await once(server, 'listening')
    t.teardown(() => {
      server.closeAllConnections()
      server.close()
    })
    return (server.address() as AddressInfo).port
  }
  const port = await listen(serve('old'), 0, '127.0.0.1')
  await listen(serve('new'), port, '127.0.0.2')
  return { asked, baseUrl: `http://offers.test:${port}/api/v1` }
}

/** Finds these addresses for every name. */
const finding =
  (...addresses: string[]): LookupFunction =>
  (_host, _options, callback) => {
    const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    callback(null, all)
  }

const moves: [what: string, step: number][] = [
  ['as soon as the connections are half a minute old', 30 * SECOND],
  ['also where the clock is put back an hour', -60 * MINUTE],
  ['also where the clock is put ahead a day', 24 * 60 * MINUTE],
]
for (const [what, step] of moves) {
  // All polls went to the old address for as long as it answered.
  t.test(`a host that moves to another address is followed, ${what}`, async (t) => {
    const { asked, baseUrl } = await startTwo(t)
    const time = stoppedClock()
    let address = '127.0.0.1'
    const lookup: LookupFunction = (...args) => finding(address)(...args)
    const { transport } = connect(t, baseUrl, { clock: time.clock, lookup, connections: 1 })
    await transport.send(GET)
    address = '127.0.0.2'
    time.now += 20 * SECOND
    await transport.send(GET)
    t.same(asked, { old: 2, new: 0 }, 'the connection is kept meanwhile')
    time.now += step
    await transport.send(GET)
    await transport.send(GET)
    t.same(asked, { old: 2, new: 2 })
  })
}

t.test('a call that is under way ends on the connection that it has', async (t) => {
  const arrived = Promise.withResolvers<void>()
  const over = Promise.withResolvers<void>()
  const server = createServer(async ({ url }, response) => {
    if (url === '/slow') {
      arrived.resolve()
      await over.promise
    }
    response.end('[]')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const time = stoppedClock()
  const { port } = server.address() as AddressInfo
  const { transport } = connect(t, `http://127.0.0.1:${port}`, { clock: time.clock })
  const slow = faultOf(transport.send({ method: 'GET', path: 'slow' }))
  await arrived.promise
  time.now += MINUTE
  t.equal(await faultOf(transport.send({ method: 'GET', path: 'x' })), 'ok')
  over.resolve()
  t.equal(await slow, 'ok')
})

const dead: [name: string, addresses: string[]][] = [
  ['IPv4', ['127.0.0.3', '127.0.0.2']],
  ['IPv6, which comes first', ['::1', '127.0.0.2']],
]
for (const [name, addresses] of dead) {
  t.test(`an address that is dead does not hide another that answers: ${name}`, async (t) => {
    const { asked, baseUrl } = await startTwo(t)
    const { transport } = connect(t, baseUrl, { lookup: finding(...addresses) })
    t.equal(await faultOf(transport.send(GET)), 'ok')
    t.same(asked, { old: 0, new: 1 })
  })
}

t.test('a name that is looked up without end ends with the deadline of the call', async (t) => {
  const lookup: LookupFunction = () => {}
  const { transport } = connect(t, 'http://offers.test', { lookup, timeoutMs: 100 })
  await t.rejects(transport.send(GET), { fault: 'unavailable', message: /within 100 ms$/ })
})
