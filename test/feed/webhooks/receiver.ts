import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** A message as it arrived. */
export interface Arrival {
  path: string
  headers: IncomingHttpHeaders
  body: string
}

/** How a receiver answers a message. */
export type Answer = (response: ServerResponse, arrival: Arrival, index: number) => void

export const accept: Answer = (response) => response.writeHead(204).end()

/** Answers with a status. */
export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end('what the receiver says is nobody else’s business')

/** Never answers. */
export const hang: Answer = () => {}

/** A receiver of webhooks on the loopback interface, gone after the test. `answer` can be replaced. */
export async function startReceiver(t: Test, answer: Answer = accept, host = '127.0.0.1') {
  const arrivals: Arrival[] = []
  const receiver = { answer, arrivals, connections: 0, port: 0, url: '' }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { url = '', headers } = request
    const arrival = { path: url, headers, body: Buffer.concat(chunks).toString() }
    arrivals.push(arrival)
    receiver.answer(response, arrival, arrivals.length - 1)
  })
  server.on('connection', () => {
    receiver.connections += 1
  })
  server.listen(0, host)
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  receiver.port = (server.address() as AddressInfo).port
  receiver.url = `http://127.0.0.1:${receiver.port}/hook?key=a`
  return receiver
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>
