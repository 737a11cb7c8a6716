import { type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { loggedUrl } from './log-url.ts'
import { malformedUrl } from './unrouted.ts'

/** How requests are written in the log: as Fastify does it, but that no token gets there with the URL. */
export const serializers = {
  req: (request: FastifyRequest) => ({
    method: request.method,
    url: loggedUrl(malformedUrl(request.raw) ?? request.url),
    host: request.host,
    remoteAddress: request.ip,
    remotePort: request.socket.remotePort,
  }),
}

/** One line a request, when it is done: changes and failures at `info`, plain reads at `debug`. */
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

  /** Clients of streams leave before the end. That is not worth a line. */
  override streamError(
    error: Error & { code?: string },
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') super.streamError(error, request, reply)
  }
}
