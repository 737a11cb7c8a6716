import fp from 'fastify-plugin'

/** How long clients may take to finish their requests when the service stops. */
const CLIENT_GRACE_MS = 3_000

/** On close, cuts off the clients that are too slow, so that there is time left to end in order. */
export default fp(
  async (app) => {
    app.addHook('preClose', async () => {
      setTimeout(() => app.server.closeAllConnections(), CLIENT_GRACE_MS).unref()
    })
  },
  { name: 'shutdown' },
)
