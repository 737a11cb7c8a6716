import { createServer, request, type Server } from 'node:http'

/** How long a target has to take a connection, or to say something on one. Streams say something every 15 seconds. */
const SILENCE_MS = 60_000

/**
 * A proxy that hands requests to its targets in turn. One that refuses a connection is passed over, and a client hears
 * 502 only if all do. `targets` is asked for each request, so targets can come and go.
 */
export function roundRobin(targets: () => string[]): Server {
  let turn = 0
  return createServer((incoming, answer) => {
    const urls = targets()
    const first = turn++
    let tried = 0

    function next(): void {
      if (tried === urls.length) {
        answer.writeHead(502).end('No instance can be reached.\n')
        return
      }
      const { method, url, headers } = incoming
      const target = new URL(String(urls[(first + tried++) % urls.length]))
      const { hostname, port } = target
      const outgoing = request({ hostname, port, method, path: url, headers, timeout: SILENCE_MS })
      const broken = () => answer.destroy()
      const failed = (error: NodeJS.ErrnoException) => {
        // Nothing of the request was sent, so the next one may have it.
        if (error.code === 'ECONNREFUSED') next()
        else answer.writeHead(502).end('The instance gave no answer.\n')
      }
      outgoing.once('timeout', () => outgoing.destroy(new Error('The instance is silent.')))
      outgoing.once('error', failed)
      outgoing.once('response', (response) => {
        outgoing.off('error', failed).once('error', broken)
        answer.writeHead(Number(response.statusCode), response.headers)
        response.once('error', broken)
        response.pipe(answer).once('close', () => outgoing.destroy())
      })
      outgoing.once('socket', (socket) => {
        if (socket.connecting) socket.once('connect', () => incoming.pipe(outgoing))
        else incoming.pipe(outgoing)
      })
    }

    next()
  })
}
