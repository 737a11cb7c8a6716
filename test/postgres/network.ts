/** A network between the service and a database server that can be disturbed. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

/** What a network can do to connections. */
export type Disturbance = 'closes' | 'resets' | 'freezes' | 'refuses'

export interface Network {
  /** The URL of the database through this network. */
  readonly url: string
  /** Does something to every connection there is. Frozen ones stay silent until they are ended, new ones are. */
  disturb(how: Disturbance): void
  /** Carries connections that are made from now on. */
  heal(): void
}

/** Starts a network in front of the server of a URL. */
export async function startNetwork(t: Test, url: string): Promise<Network> {
  const target = new URL(url)
  const pairs = new Set<[Socket, Socket]>()
  const state: { disturbance?: Disturbance } = {}

  function apply(how: Disturbance, [client, server]: [Socket, Socket]): void {
    if (how === 'freezes') {
      client.unpipe(server).pause()
      server.unpipe(client).pause()
    } else if (how === 'closes') {
      client.end()
      server.end()
    } else {
      client.resetAndDestroy()
      server.resetAndDestroy()
    }
  }

  const listener = createServer((client) => {
    const server = connect(Number(target.port), target.hostname)
    const pair: [Socket, Socket] = [client, server]
    pairs.add(pair)
    for (const [socket, other] of [pair, pair.toReversed()] as [Socket, Socket][]) {
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        other.destroy()
        pairs.delete(pair)
      })
    }
    client.pipe(server)
    server.pipe(client)
    if (state.disturbance) apply(state.disturbance, pair)
  })
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    for (const [client] of pairs) client.destroy()
    listener.close()
  })
  const through = new URL(url)
  through.port = String((listener.address() as AddressInfo).port)

  return {
    url: through.href,
    disturb(how) {
      state.disturbance = how
      for (const pair of pairs) apply(how, pair)
    },
    heal() {
      delete state.disturbance
      // A server behind a network that froze hears of the end of its clients at last.
      for (const [client] of pairs) client.destroy()
    },
  }
}
