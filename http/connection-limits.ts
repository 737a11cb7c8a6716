/**
 * How long a client may take, in ms, as options of Fastify: each part of a request and of its answer has
 * a bound, so that slow clients cannot use up the connections.
 */
export const connectionLimits = {
  /** For a whole request. */
  requestTimeout: 30_000,
  /** Without progress in either direction. Cuts off a client that does not read its answer. */
  connectionTimeout: 60_000,
  http: {
    /** For the header, from when the connection is open. */
    headersTimeout: 10_000,
    /** How often the two limits on requests are checked. Node's default, 30 s, is longer than either. */
    connectionsCheckingInterval: 1_000,
  },
}
