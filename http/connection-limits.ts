/**
 * Fastify's options for how long a client may take, in ms. Every part of a request and its answer has a bound,
 * so that slow clients cannot use up the connections.
 */
export const connectionLimits = {
  /** The time to receive a whole request. */
  requestTimeout: 30_000,
  /** The time without progress in either direction. It disconnects clients that do not read their answer. */
  connectionTimeout: 60_000,
  http: {
    /** The time to receive the headers, from the opening of the connection. */
    headersTimeout: 10_000,
    /** How often Node checks the two limits on requests. Its default of 30 s is as long as the longer one. */
    connectionsCheckingInterval: 1_000,
  },
}
