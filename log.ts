import { type FastifyReply, type FastifyRequest, LogController } from 'fastify'

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
}
