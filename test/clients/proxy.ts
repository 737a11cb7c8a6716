import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'
import type { Test } from 'tap'

/** The path at which the proxy has the service. */
const PREFIX = '/shop'

/**
 * A proxy before the service at `target`, which it has at a path, and at its root too. It adds `headers` to each answer,
 * and answers preflight requests itself. It can also be the proxy of a browser.
 */
export async function startProxy(t: Test, target: string, headers: Record<string, string>) {
  const server = createServer((incoming, outgoing) => {
    outgoing.setHeaders(new Map(Object.entries(headers)))
    if (incoming.method === 'OPTIONS') {
      outgoing.writeHead(204).end()
      return
    }
    const { pathname, search } = new URL(incoming.url ?? '', target)
    const path = pathname.startsWith(`${PREFIX}/`) ? pathname.slice(PREFIX.length) : pathname
    const { method, headers: sent } = incoming
    const forwarded = request(`${target}${path}${search}`, { method, headers: sent })
    forwarded.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      pipeline(answer, outgoing, () => {}) // What breaks on one side breaks on the other.
    })
    forwarded.on('error', () => outgoing.destroy())
    outgoing.on('close', () => forwarded.destroy())
    incoming.pipe(forwarded)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return { url, prefixed: `${url}${PREFIX}/` }
}
