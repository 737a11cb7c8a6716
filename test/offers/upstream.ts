import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createNetServer, type LookupFunction, type Socket } from 'node:net'
import type { Test } from 'tap'
import { Breaker } from '../../offers/breaker.ts'
import { OffersError, type OffersFault } from '../../offers/errors.ts'
import { Transport } from '../../offers/transport.ts'
import { NOW } from './clock.ts'

/**
 * An HTTP server on the loopback interface, for answers that no honest framework gives; closed after
 * the test. Gives its base URL.
 */
export async function listen(t: Test, answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it has no port')
  return `http://127.0.0.1:${address.port}/api/v1`
}

/** A server that gives an answer with this status and body to everything. */
export function answering(t: Test, status: number, body: string | Buffer): Promise<string> {
  return listen(t, (_request, response) => response.writeHead(status).end(body))
}

/** The base URL of a loopback port where nothing listens. */
export async function refusingUrl(t: Test): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it has no port')
  server.close()
  await once(server, 'close')
  t.comment(`nobody listens on port ${address.port}`)
  return `http://127.0.0.1:${address.port}/api/v1`
}

/** A server of bare connections that takes them and says nothing; gives its origin. */
export async function hanging(t: Test): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createNetServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it has no port')
  return `http://127.0.0.1:${address.port}`
}

/** A breaker and a transport to an Offers service, as `plugins/offers-client.ts` joins them. */
export function connect(
  t: Test,
  baseUrl: string,
  options: {
    clock?: () => number
    timeoutMs?: number
    connections?: number
    proxy?: string
    lookup?: LookupFunction
  } = {},
) {
  const { clock = () => NOW, timeoutMs = 60_000, connections = 32, proxy, lookup } = options
  const random = () => 0.5
  const changes: boolean[] = []
  const onChange = (open: boolean) => changes.push(open)
  const breaker = new Breaker({ clock, random, onChange })
  const extra = { requests: 0 }
  const transport = new Transport({
    ...{ baseUrl, timeoutMs, connections, proxy, lookup, breaker, clock, random },
    onExtra: () => void extra.requests++,
  })
  t.teardown(() => transport.close())
  return { breaker, transport, changes, extra }
}

/** The fault that a call ended with, or `ok`. */
export function faultOf(call: Promise<unknown>): Promise<'ok' | OffersFault> {
  return call.then(
    () => 'ok',
    (error: unknown) => {
      if (error instanceof OffersError) return error.fault
      throw error
    },
  )
}
