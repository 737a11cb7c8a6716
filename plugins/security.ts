import fp from 'fastify-plugin'
import { REQUEST_ID } from '../http/request-id.ts'
import { SECURITY_HEADERS } from '../http/security-headers.ts'

/** Sends the security headers and the request id with every answer. */
export default fp(
  async (app) => {
    app.addHook('onRequest', (request, reply, done) => {
      reply.headers(SECURITY_HEADERS).header(REQUEST_ID, request.id)
      done()
    })
  },
  { name: 'security' },
)
