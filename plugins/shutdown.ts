import fp from 'fastify-plugin'
import { STATUS_CODES } from '../trimmed/node-http.ts'

/** How long clients may take to finish their requests when the service stops. */
const CLIENT_GRACE_MS = 3_000

/**
 * On close, refuses what comes on connections that are still open, and cuts off the clients that are too
 * slow, so that there is time left to end in order.
 */
export default fp(
  async (app) => {
    let stopping = false
    app.addHook('onRequest', (_request, reply, done) => {
      if (!stopping) return done()
      reply.code(503).send({
        statusCode: 503,
        error: STATUS_CODES[503],
        message: 'The service is stopping',
      })
    })
    app.addHook('preClose', async () => {
      stopping = true
      setTimeout(() => app.server.closeAllConnections(), CLIENT_GRACE_MS).unref()
    })
  },
  { name: 'shutdown' },
)
