import helmet from '@fastify/helmet'
import fp from 'fastify-plugin'

/**
 * The security headers of every answer. Answers are data, which no browser has to load anything for;
 * a route that serves a page says what it needs. Whether the host is to be reached by TLS alone is for
 * whoever ends TLS in front of this service to say.
 */
export default fp(
  async (app) => {
    await app.register(helmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
      },
      strictTransportSecurity: false,
      // What browsers of today know from the policy above, do anyway, or know nothing of.
      xFrameOptions: false,
      originAgentCluster: false,
      xDnsPrefetchControl: false,
      xDownloadOptions: false,
      xPermittedCrossDomainPolicies: false,
      xXssProtection: false,
    })
  },
  { name: 'security' },
)
