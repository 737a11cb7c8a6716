import { type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { loggedUrl } from './log-url.ts'
import { malformedUrl } from './unrouted.ts'

/** Fastify's serializer of requests, except that it redacts tokens in URLs. */
export const serializers = {
  req: (request: FastifyRequest) => ({
    method: request.method,
    url: loggedUrl(malformedUrl(request.raw) ?? request.url),
    host: request.host,
    remoteAddress: request.ip,
    remotePort: request.socket.remotePort,
  }),
}

/** Logs one line per request, when it completes: writes and failures at `info`, successful reads at `debug`. */
export class RequestLog extends LogController {
  override incomingRequest(): void {}

  override requestCompleted(
    error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    const read = request.method === 'GET' || request.method === 'HEAD'
    const level = error || !read || reply.statusCode >= 400 ? 'info' : 'debug'
    const responseTime = reply.elapsedTime
    reply.log[level]({ req: request, res: reply, err: error, responseTime }, 'request')
  }

  /** Streaming clients routinely disconnect before the end, which is not worth a line. */
  override streamError(
    error: Error & { code?: string },
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') super.streamError(error, request, reply)
  }
}
