import fp from 'fastify-plugin'
import { STATUS_CODES } from '../trimmed/node-http.ts'

/** How long clients may take to finish their requests when the service stops. */
const CLIENT_GRACE_MS = 3_000

/**
 * On close, refuses new requests on open connections with 503, and disconnects clients that take too long, so
 * that the rest of the shutdown has enough time.
 */
export default fp(
  async (app) => {
    let stopping = false
    app.addHook('onRequest', (_request, reply, done) => {
      if (!stopping) return done()
      reply.code(503).send({
        statusCode: 503,
        error: STATUS_CODES[503],
        message: 'The service is stopping; try again later',
      })
    })
    app.addHook('preClose', async () => {
      stopping = true
      setTimeout(() => app.server.closeAllConnections(), CLIENT_GRACE_MS).unref()
    })
  },
  { name: 'shutdown' },
)
