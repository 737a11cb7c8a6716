import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyError, FastifyRequest } from 'fastify'
import { AccessToken, Registration, TOKEN_HEADER } from '../offers/protocol.ts'
import { accountOf, grantAccess } from './access.ts'
import { answerTo, errorBody, ProtocolError } from './errors.ts'
import { hooksFor } from './hooks.ts'
import { productKey, type Simulator } from './simulator.ts'

const JSON_TYPE = 'application/json; charset=utf-8'
const NOT_FOUND = 'Product does not exist'

/** A missing header becomes the text "undefined", which is never a valid token. */
const tokenOf = (request: FastifyRequest) => String(request.headers[TOKEN_HEADER.toLowerCase()])

/** The calls of the Offers service, in the simulator's generation. */
export const protocolRoutes: FastifyPluginCallbackTypebox<{ simulator: Simulator }> = (
  app,
  { simulator },
  done,
) => {
  const { generation, state, answers } = simulator
  const Id = Type.Pick(Registration, ['id'])
  // The first generation answers a missing header with 401, the second with a validation error.
  const headers =
    generation === 1 ? Type.Object({}) : Type.Object({ [TOKEN_HEADER]: Type.String() })

  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const { status, body } = answerTo(error, generation)
    reply.code(status).send(body)
  })
  app.setNotFoundHandler((_request, reply) => {
    reply.code(404).send(errorBody(generation, 404, 'Not Found'))
  })

  app.post(
    '/auth',
    { ...hooksFor('auth', simulator), schema: { headers, response: { 201: AccessToken } } },
    (request, reply) => {
      reply.code(201).send({ access_token: grantAccess(simulator, tokenOf(request)) })
    },
  )

  app.post(
    '/products/register',
    {
      ...hooksFor('register', simulator),
      schema: { headers, body: Registration, response: { 201: Id } },
    },
    (request, reply) => {
      const account = accountOf(simulator, tokenOf(request))
      const { name, description } = request.body
      const id = productKey(request.body.id)
      if (generation === 2 && account.products.has(id))
        throw new ProtocolError(409, 'Product ID already registered')
      state.register(account, id, { name, description })
      reply.code(201).send({ id })
    },
  )

  app.get(
    '/products/:id/offers',
    { ...hooksFor('offers', simulator), schema: { headers, params: Id } },
    (request, reply) => {
      const account = accountOf(simulator, tokenOf(request))
      const id = productKey(request.params.id)
      if (!account.products.has(id)) throw new ProtocolError(404, NOT_FOUND)
      reply.type(JSON_TYPE).send(answers.of(id))
    },
  )

  done()
}
