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

  /** Clients of streams leave before the end. That is not worth a line. */
  override streamError(
    error: Error & { code?: string },
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') super.streamError(error, request, reply)
  }
}

/**
 * Gives names to requests, by which their lines in the log are found: a number each, behind a name for
 * the run of the service that began at `startedAt`, epoch ms.
 */
export function requestIds(startedAt: number): () => string {
  const run = startedAt.toString(36)
  let last = 0
  return () => {
    last += 1
    return `${run}-${last}`
  }
}
