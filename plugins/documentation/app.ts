import { readFile } from 'node:fs/promises'
import sensible from '@fastify/sensible'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fastify, { type FastifyInstance, LogController, type RouteOptions } from 'fastify'
import { REQUEST_ID } from '../../http/request-id.ts'
import { DOCUMENT_HEADERS } from '../../http/security-headers.ts'
import packageJson from '../../package.json' with { type: 'json' }
import errors from '../errors.ts'
import methods from '../methods.ts'
import routeUrls from '../route-urls.ts'
import security from '../security.ts'
import { SESSION_COOKIE } from '../stream-sessions.ts'
import { described, headOf, published } from './described.ts'

const TAGS = [
  { name: 'Products', description: 'The catalogue' },
  { name: 'Offers', description: 'Shop prices and stock, now and in the past' },
  { name: 'Alerts', description: 'Rules that fire when prices change, and their firings' },
  { name: 'Changes', description: 'The change feed' },
  { name: 'Webhooks', description: 'Changes delivered to your own endpoints' },
  { name: 'System', description: 'The state of the service' },
]

const css = await readFile(new URL('style.css', import.meta.url), 'utf8')

/** The validator and handler of routes that are registered only to be described. */
const nothing = () => true

/**
 * Builds the app that serves the documentation page and the OpenAPI document of a service under `/docs`. It
 * registers the service's routes and schemas only to describe them.
 */
export async function buildDocumentation(service: FastifyInstance, routes: RouteOptions[]) {
  const app = fastify({
    loggerInstance: service.log,
    logController: new LogController({ disableRequestLogging: true }), // The service logs them.
    genReqId: ({ headers }) => String(headers[REQUEST_ID]), // routes/documentation.ts has set it.
  })
  app.setValidatorCompiler(() => nothing)
  app.setSerializerCompiler(() => JSON.stringify) // As the service does.
  app.register(sensible)
  app.register(security)
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(DOCUMENT_HEADERS)
    done()
  })
  app.register(errors)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Product aggregator',
        version: packageJson.version,
        description:
          'A product catalogue whose offers (shop prices and stock) are kept fresh from the ' +
          'Offers service. Times are RFC 3339 in UTC with milliseconds; prices are integers in ' +
          'the unit that the Offers service uses. Every error has the shape `ApiError`. Every ' +
          'answer has the header `X-Request-Id`: the one of the request, if that consists of 1 to ' +
          '128 letters, digits and `-._:+/=@`, or else a new one.',
        license: { name: 'MIT', identifier: 'MIT' },
        contact: { name: "The product aggregator's authors" },
      },
      servers: [{ url: '/', description: 'This service' }],
      tags: TAGS,
      security: [], // The default; plugins/auth.ts overrides it.
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description: 'Required if the service is started with `API_TOKEN`',
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: SESSION_COOKIE,
            description:
              'For `EventSource` in browsers, in place of a token; `GET /api/v1/changes/session` sets it',
          },
        },
      },
    },
    refResolver: { buildLocalReference: ({ $id }) => String($id) },
    exposeHeadRoutes: true,
    transform: ({ schema, url, route }) => ({
      schema: route.method === 'HEAD' ? headOf(schema) : schema,
      url,
    }),
  })
  for (const schema of Object.values(service.getSchemas())) app.addSchema(published(schema))
  for (const { method, url, schema = {} } of routes) {
    const isDescribed = !schema.hide && method !== 'HEAD' // Fastify adds HEAD to every GET.
    if (isDescribed) app.route({ method, url, schema: described(schema), handler: nothing })
  }
  await app.register(routeUrls)
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { layout: 'BaseLayout' }, // Hides the top bar, which asks for the URL of another document.
    theme: {
      title: 'Product aggregator: API',
      css: [{ filename: 'documentation.css', content: css }],
    },
    staticCSP: {
      'default-src': ["'self'"],
      'img-src': ["'self'", 'data:'],
      'style-src': ["'self'", "'unsafe-inline'"], // Swagger UI sets styles on its elements.
      'frame-ancestors': ["'none'"],
    },
  })
  app.register(methods)
  await app.ready()
  return app
}
