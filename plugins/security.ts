import { Socket } from 'node:net'
import fp from 'fastify-plugin'
import helmet from 'helmet'
import { IncomingMessage, ServerResponse } from '../http.ts'
import { REQUEST_ID } from '../request-id.ts'

/** What a document has besides, which says nothing about data and files. */
export const DOCUMENT_HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
}

/**
 * The security headers of every answer. Answers are data, which no browser has to load anything for;
 * a route that serves a page says what it needs. Whether the host is to be reached by TLS alone is for
 * whoever ends TLS in front of this service to say.
 */
const setHeaders = helmet({
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
  // See `DOCUMENT_HEADERS`.
  crossOriginOpenerPolicy: false,
  referrerPolicy: false,
})

/** They are the same for all answers, so they are made up once, for an answer that nobody gets. */
function headersOnce() {
  const request = new IncomingMessage(new Socket())
  const response = new ServerResponse(request)
  setHeaders(request, response, () => {})
  return response.getHeaders()
}

export const SECURITY_HEADERS = headersOnce()

/** Sends the security headers, and the id of the request, with every answer. */
export default fp(
  async (app) => {
    app.addHook('onRequest', (request, reply, done) => {
      reply.headers(SECURITY_HEADERS).header(REQUEST_ID, request.id)
      done()
    })
  },
  { name: 'security' },
)
