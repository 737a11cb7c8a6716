import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Generation } from '../offers/protocol.ts'
import { errorBody } from './errors.ts'
import type { Fault } from './faults.ts'

/** Callbacks for a fault that leaves a request without an answer, or lets it proceed. */
export interface FaultHandlers {
  goOn: () => void
  /** Called before the connection is reset, or at once if it is left hanging. */
  unanswered: () => void
  /** Called if the request is to be served and the connection to be reset before the answer. */
  resetAnswer: () => void
}

/** Applies a fault to a request, after the fault's latency; a caller that hangs up meanwhile ends it. */
export function applyFault(
  fault: Fault,
  generation: Generation,
  request: FastifyRequest,
  reply: FastifyReply,
  handlers: FaultHandlers,
): void {
  function apply(): void {
    if (fault.hang || fault.reset === 'request') {
      reply.hijack()
      handlers.unanswered()
      if (!fault.hang) request.raw.socket.resetAndDestroy()
      return
    }
    if (fault.reset === 'answer') handlers.resetAnswer()
    if (fault.retry_after !== undefined) reply.header('retry-after', fault.retry_after)
    if (fault.location !== undefined) reply.header('location', fault.location)
    if (fault.status === undefined && fault.body === undefined) {
      handlers.goOn()
      return
    }
    const { status = 200 } = fault
    const { body = JSON.stringify(errorBody(generation, status, 'Simulated fault')) } = fault
    reply.code(status).type('application/json').send(body)
  }

  if (!fault.latency_ms) {
    apply()
    return
  }
  const timer = setTimeout(apply, fault.latency_ms)
  // This also lets the server close immediately: closing the connections leaves no timer behind.
  reply.raw.once('close', () => clearTimeout(timer))
}
