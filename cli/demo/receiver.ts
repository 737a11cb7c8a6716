import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { Writable } from 'node:stream'

/**
 * Receives the messages of a webhook on this port of 127.0.0.1, and answers 204 to each. It does not keep the process
 * running. If the port is not free, it says so, and the deliveries fail.
 */
export async function startReceiver(
  port: number,
  stderr: Pick<Writable, 'write'>,
): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.writeHead(204).end())
  })
  // Also one that occurs later, such as too many open files, must not end the service.
  server.on('error', ({ message }) => {
    stderr.write(`The messages of the webhook are not received: ${message}\n`)
  })
  server.listen(port, '127.0.0.1').unref()
  await once(server, 'listening').catch(() => {}) // The listener above has reported it.
  return server
}
