/**
 * Answers requests that never reach a route. Node or the router would answer them in another shape, without the
 * usual headers.
 */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionError, FastifyBaseLogger, FastifyRequest } from 'fastify'
import { STATUS_CODES } from '../trimmed/node-http.ts'
import { REQUEST_ID } from './request-id.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** The original URLs of requests whose path is not valid percent-encoding. */
const malformed = new WeakMap<IncomingMessage, string>()

/** The original URL of a request whose path is malformed; undefined for any other request. */
export const malformedUrl = (request: IncomingMessage) => malformed.get(request)

/** The path of a request's URL, which can be absolute, with a scheme and a host. */
export function pathOf(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*/s, '')
}

/** Whether a request has to be refused because it does not name its host (RFC 9112, section 3.2). */
export function lacksHost({ headers, raw }: Pick<FastifyRequest, 'headers' | 'raw'>): boolean {
  return headers.host === undefined && raw.httpVersion === '1.1'
}

/** A part of a path, decoded if possible. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/**
 * Replaces the path of a request that cannot be decoded with one under the same prefix that no route has. The
 * request then passes the hooks of its scope, including authentication, and reaches the not-found handler.
 */
export function replaceMalformedPath(request: IncomingMessage, prefix: string): void {
  const url = String(request.url)
  malformed.set(request, url)
  const parts = prefix.split('/')
  const within = pathOf(url).split('/', parts.length).map(decoded).join('/') === prefix
  request.url = within ? `${prefix}/%25` : '/%25'
}

/** The status and message for each error code of the HTTP parser. */
const REFUSALS: Record<string, [statusCode: number, message: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time'],
  HPE_HEADER_OVERFLOW: [431, 'The URL and the headers together are larger than 16 KiB'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions of the body are too large'],
  HPE_INVALID_VERSION: [400, 'This HTTP version is not supported; use HTTP/1.1 or HTTP/1.0'],
  HPE_PAUSED_H2_UPGRADE: [400, 'This service speaks HTTP/1.1; HTTP/2 needs a proxy in front of it'],
}

/** Answers bytes that the parser refused, in the shape of every error, and closes the connection. */
export function refuseUnparsable(
  log: FastifyBaseLogger,
  reqId: string,
  error: ConnectionError,
  socket: Socket,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  const [statusCode, message] = REFUSALS[error.code] ?? [
    400,
    `This is not a valid HTTP/1.1 request: ${error.message.replace(/^Parse Error: /, '')}`,
  ]
  // The error itself is not logged, because it contains the bytes, which may include a token.
  log.info({ reqId, code: error.code, res: { statusCode } }, 'the HTTP parser refused a request')
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
