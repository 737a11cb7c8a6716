/** Answers to requests that Node or the router would answer by themselves, in another shape and without headers. */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionError, FastifyBaseLogger } from 'fastify'
import { STATUS_CODES } from '../trimmed/node-http.ts'
import { REQUEST_ID } from './request-id.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** The URLs of requests whose path is not valid percent-encoding, as they were sent. */
const malformed = new WeakMap<IncomingMessage, string>()

/** The URL as it was sent, of a request whose path is malformed; undefined for all others. */
export const malformedUrl = (request: IncomingMessage) => malformed.get(request)

/** The path of the URL of a request, which can be a whole URL with its scheme and host. */
export function pathOf(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*/s, '')
}

/** A part of a path, decoded where that is possible. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/**
 * Gives a request whose path cannot be decoded a path that no route has, under the same prefix, so that it
 * meets the hooks of its scope, authentication among them, and then the handler of unknown paths.
 */
export function standIn(request: IncomingMessage, prefix: string): void {
  const url = String(request.url)
  malformed.set(request, url)
  const parts = prefix.split('/')
  const within = pathOf(url).split('/', parts.length).map(decoded).join('/') === prefix
  request.url = within ? `${prefix}/%25` : '/%25'
}

/** Status and message for what the parser of HTTP refuses, by the code of its error. */
const REFUSALS: Record<string, [statusCode: number, message: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time'],
  HPE_HEADER_OVERFLOW: [431, 'The URL and the headers are larger than 16 KiB'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The extensions of the chunks of the body are too large'],
  HPE_INVALID_VERSION: [
    400,
    'The version of HTTP is not one that this service speaks: 1.1 and 1.0',
  ],
  HPE_PAUSED_H2_UPGRADE: [400, 'This service speaks HTTP/1.1; HTTP/2 needs a proxy in front of it'],
}

/** Answers bytes that are no request, in the shape of all errors, and closes their connection. */
export function refuseBytes(
  log: FastifyBaseLogger,
  reqId: string,
  error: ConnectionError,
  socket: Socket,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  const [statusCode, message] = REFUSALS[error.code] ?? [
    400,
    `The bytes are no HTTP/1.1 request: ${error.message.replace(/^Parse Error: /, '')}`,
  ]
  // Without the error itself, which has the bytes, and those may have a token in them.
  log.info({ reqId, code: error.code, res: { statusCode } }, 'request refused by the parser')
  const body = JSON.stringify({ statusCode, error: STATUS_CODES[statusCode], message })
  const headers = {
    ...SECURITY_HEADERS,
    [REQUEST_ID]: reqId,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}\r\n${lines.join('')}\r\n`
  socket.write(head + body)
  socket.destroy()
}
