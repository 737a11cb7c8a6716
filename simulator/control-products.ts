import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { ProductParams } from './control-schemas.ts'
import { ProtocolError } from './errors.ts'
import { Fault } from './faults.ts'
import { productKey, type Simulator } from './simulator.ts'

/** Controls of single products. They need not be registered, save for being forgotten. */
export const productControlRoutes: FastifyPluginCallbackTypebox<{ simulator: Simulator }> = (
  app,
  { simulator },
  done,
) => {
  const { answers, faults, state } = simulator
  const response = { 204: Type.Null() }

  app.delete(
    '/:id',
    { schema: { summary: 'Forgets a registered product', params: ProductParams, response } },
    (request, reply) => {
      const found = state.forget(productKey(request.params.id))
      if (!found) throw new ProtocolError(404, 'Product is not registered')
      reply.code(204).send(null)
    },
  )

  app.put(
    '/:id/offers',
    {
      schema: {
        summary: 'Answers this JSON for a product from now on, valid offers or not',
        params: ProductParams,
        body: Type.Unknown(),
        response,
      },
    },
    (request, reply) => {
      answers.set(productKey(request.params.id), request.body)
      reply.code(204).send(null)
    },
  )

  app.delete(
    '/:id/offers',
    { schema: { summary: 'Goes back to the market', params: ProductParams, response } },
    (request, reply) => {
      answers.unset(productKey(request.params.id))
      reply.code(204).send(null)
    },
  )

  app.put(
    '/:id/fault',
    {
      schema: {
        summary: 'Applies a fault to every request about a product',
        params: ProductParams,
        body: Fault,
        response,
      },
    },
    (request, reply) => {
      faults.products.set(productKey(request.params.id), request.body)
      reply.code(204).send(null)
    },
  )

  app.delete(
    '/:id/fault',
    { schema: { summary: 'Ends the fault of a product', params: ProductParams, response } },
    (request, reply) => {
      faults.products.delete(productKey(request.params.id))
      reply.code(204).send(null)
    },
  )

  done()
}
