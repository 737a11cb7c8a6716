import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Generation } from '../offers/protocol.ts'
import { errorBody } from './errors.ts'
import type { Fault } from './faults.ts'

/** What is to be done where a fault leaves a request without an answer, or lets it go on. */
export interface Outcome {
  goOn: () => void
  /** Called before the connection is reset, or at once if it is left hanging. */
  unanswered: () => void
  /** Called if the request is to be served and the connection to be reset before the answer. */
  resetAnswer: () => void
}

/** Lets a fault befall a request, after its latency; a caller that hangs up meanwhile ends it. */
export function strike(
  fault: Fault,
  generation: Generation,
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: Outcome,
): void {
  if (!fault.latency_ms) {
    befall(fault, generation, request, reply, outcome)
    return
  }
  const timer = setTimeout(befall, fault.latency_ms, fault, generation, request, reply, outcome)
  // Also what lets the server close at once: it closes the connections, and no timer stays.
  reply.raw.once('close', () => clearTimeout(timer))
}

function befall(
  fault: Fault,
  generation: Generation,
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: Outcome,
): void {
  if (fault.hang || fault.reset === 'request') {
    reply.hijack()
    outcome.unanswered()
    if (!fault.hang) request.raw.socket.resetAndDestroy()
    return
  }
  if (fault.reset === 'answer') outcome.resetAnswer()
  if (fault.retry_after !== undefined) reply.header('retry-after', fault.retry_after)
  if (fault.location !== undefined) reply.header('location', fault.location)
  if (fault.status === undefined && fault.body === undefined) {
    outcome.goOn()
    return
  }
  const { status = 200, body = JSON.stringify(errorBody(generation, status, 'Simulated fault')) } =
    fault
  reply.code(status).type('application/json').send(body)
}
