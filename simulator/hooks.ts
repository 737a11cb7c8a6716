import type {
  DoneFuncWithErrOrRes,
  FastifyReply,
  FastifyRequest,
  HookHandlerDoneFunction,
} from 'fastify'
import { applyFault } from './apply-fault.ts'
import type { Call } from './served.ts'
import { productKey, type Simulator } from './simulator.ts'

/** The hooks of a route of the protocol: they count the request and apply faults to it. */
export function hooksFor(call: Call, simulator: Simulator) {
  const { clock, faults, served, generation } = simulator
  /** Requests that are served and then lose their connection before the answer. */
  const doomed = new WeakSet<FastifyRequest>()

  function answered(request: FastifyRequest, status: number, body: string): void {
    served.answered({ at: clock(), call, product: productOf(request), status, body })
  }

  const outcome = (request: FastifyRequest, goOn: () => void) => ({
    goOn,
    unanswered: () => answered(request, 0, ''),
    resetAnswer: () => doomed.add(request),
  })

  return {
    onRequest(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) {
      served.arrived(call, clock())
      applyFault(faults.draw(call), generation, request, reply, outcome(request, done))
    },
    /** Faults of single products are applied here, since a registration has the id in its body. */
    preHandler(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) {
      const fault = faults.products.get(productOf(request) ?? '') ?? {}
      applyFault(fault, generation, request, reply, outcome(request, done))
    },
    onSend(
      request: FastifyRequest,
      reply: FastifyReply,
      payload: unknown,
      done: DoneFuncWithErrOrRes,
    ) {
      // By the simulator's clock, with which a date in `Retry-After` is compared.
      reply.header('date', new Date(clock()).toUTCString())
      const reset = doomed.has(request)
      answered(request, reset ? 0 : reply.statusCode, String(payload))
      if (reset) request.raw.socket.resetAndDestroy()
      done()
    },
  }
}

/** The product that a request is about; its data may not have been validated yet. */
function productOf({ params, body }: FastifyRequest): string | null {
  return idIn(params) ?? idIn(body)
}

function idIn(data: unknown): string | null {
  const has = typeof data === 'object' && data !== null && 'id' in data
  return has && typeof data.id === 'string' ? productKey(data.id) : null
}
