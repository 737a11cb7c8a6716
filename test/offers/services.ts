import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Test } from 'tap'
import { answering, listen, refusingUrl } from './upstream.ts'

/** What a service got of the requests that a test sends. */
export async function recording(t: Test) {
  const requests: { line: string; headers: string[]; body: string }[] = []
  const baseUrl = await listen(t, async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const line = `${request.method} ${request.url}`
    requests.push({ line, headers: request.rawHeaders, body })
    response.end('[]')
  })
  return { baseUrl, requests }
}

export const failures: [name: string, message: RegExp, start: (t: Test) => Promise<string>][] = [
  ['a 500', /answered 500$/, (t) => answering(t, 500, '{}')],
  ['a 502', /answered 502$/, (t) => answering(t, 502, '<html>')],
  ['a 503 without Retry-After', /answered 503$/, (t) => answering(t, 503, '')],
  ['a 429 without Retry-After', /answered 429$/, (t) => answering(t, 429, '')],
  ['no answer in time', /did not answer within 100 ms$/, (t) => listen(t, () => {})],
  [
    'half an answer in time',
    /did not answer within 100 ms$/,
    (t) => listen(t, (_request, response) => response.writeHead(200).write('[')),
  ],
  [
    'a reset',
    /cannot be reached \((ECONNRESET|UND_ERR_SOCKET)\)$/,
    (t) => listen(t, (request) => request.socket.resetAndDestroy()),
  ],
  [
    'an answer that is cut off',
    /cannot be reached \((ECONNRESET|UND_ERR_SOCKET)\)$/,
    (t) =>
      listen(t, (request, response) => {
        response.writeHead(200, { 'content-length': 9 })
        response.write('[', () => request.socket.destroy())
      }),
  ],
  ['a refused connection', /cannot be reached \(ECONNREFUSED\)$/, refusingUrl],
  [
    'a TLS failure',
    /cannot be reached \(/,
    async (t) => (await answering(t, 200, '[]')).replace('http:', 'https:'),
  ],
  ['an answer that is not HTTP', /cannot be reached$/, (t) => babbling(t, 'What?\r\n\r\n')],
]

/** A server that says the same whatever it is asked, HTTP or not. */
async function babbling(t: Test, text: string): Promise<string> {
  const server = createServer((socket) => socket.once('data', () => socket.end(text)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it has no port')
  return `http://127.0.0.1:${address.port}/api/v1`
}
