import { randomUUIDv7 } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import schedule from '@fastify/schedule'
import sensible from '@fastify/sensible'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type ConnectionError, type FastifyLoggerOptions } from 'fastify'
import type { Config } from './config/config.ts'
import { connectionLimits } from './http/connection-limits.ts'
import { RequestLog, serializers } from './http/log.ts'
import { requestIds } from './http/request-id.ts'
import { refuseUnparsable, replaceMalformedPath } from './http/unrouted.ts'
import alerts from './plugins/alerts.ts'
import auth from './plugins/auth.ts'
import batchedSends from './plugins/batched-sends.ts'
import catalogueMetrics from './plugins/catalogue-metrics.ts'
import changeStream from './plugins/change-stream.ts'
import compression from './plugins/compression.ts'
import contentEncoding from './plugins/content-encoding.ts'
import cursors from './plugins/cursors.ts'
import errors from './plugins/errors.ts'
import etag from './plugins/etag.ts'
import example from './plugins/example.ts'
import logDigest from './plugins/log-digest.ts'
import methods from './plugins/methods.ts'
import metrics from './plugins/metrics.ts'
import movers from './plugins/movers.ts'
import offersClient from './plugins/offers-client.ts'
import openapi from './plugins/openapi.ts'
import paths from './plugins/paths.ts'
import pause from './plugins/pause.ts'
import refresher from './plugins/refresher.ts'
import retention from './plugins/retention.ts'
import routeUrls from './plugins/route-urls.ts'
import security from './plugins/security.ts'
import shutdown from './plugins/shutdown.ts'
import store from './plugins/store.ts'
import streamSessions from './plugins/stream-sessions.ts'
import upstream from './plugins/upstream.ts'
import validation from './plugins/validation.ts'
import webhooks from './plugins/webhooks.ts'
import alertsRoute from './routes/alerts.ts'
import changes from './routes/changes.ts'
import changesSession from './routes/changes-session.ts'
import documentation from './routes/documentation.ts'
import exportRoutes from './routes/export.ts'
import health from './routes/health.ts'
import metricsRoute from './routes/metrics.ts'
import moversRoute from './routes/movers.ts'
import offers from './routes/offers.ts'
import page from './routes/page.ts'
import products from './routes/products.ts'
import productsBatch from './routes/products-batch.ts'
import productsBatchChanges from './routes/products-batch-changes.ts'
import productsByExternalId from './routes/products-by-external-id.ts'
import stats from './routes/stats.ts'
import status from './routes/status.ts'
import trends from './routes/trends.ts'
import trendsOfMany from './routes/trends-of-many.ts'
import webhookActions from './routes/webhook-actions.ts'
import webhooksRoute from './routes/webhooks.ts'

/** The path prefix of the API. */
const API = '/api/v1'

/** The sources of time, ids and randomness; tests inject their own. */
export interface Environment {
  /** The current time, epoch ms. */
  clock: () => number
  /** Generates a product id, a UUIDv7. */
  newId: () => string
  /** A random number in [0, 1), for jitter. */
  random: () => number
  /** In place of the clock of a database that instances share, for tests. */
  databaseClock?: () => number
}

/** The production clock, ids and randomness. */
export const realEnvironment: Environment = {
  clock: Date.now,
  newId: randomUUIDv7,
  random: Math.random,
}

/**
 * Builds the service from its configuration, for production and tests alike. `ready()` opens the store and
 * starts the refresher; `close()` lets work in flight finish, then ends both.
 */
export function buildApp(
  config: Config,
  environment: Environment = realEnvironment,
  logger: FastifyLoggerOptions = { level: config.LOG_LEVEL },
) {
  const newRequestId = requestIds(environment.clock())
  const routeAgain = (request: IncomingMessage, response: ServerResponse): void =>
    app.routing(request, response)
  const refuse = (error: ConnectionError, socket: Socket): void =>
    refuseUnparsable(app.log, newRequestId(), error, socket)
  const app = fastify({
    logger: { ...logger, serializers },
    logController: new RequestLog(),
    genReqId: newRequestId,
    bodyLimit: 512 * 1024, // A product with the longest texts and metadata, all escaped, takes 475 KB.
    ...connectionLimits,
    http: { ...connectionLimits.http, requireHostHeader: false }, // plugins/validation.ts requires it.
    return503OnClosing: false, // plugins/shutdown.ts does this.
    clientErrorHandler: refuse,
    pluginTimeout: 600_000, // The store waits for a stopping process, and migrations can take long.
    routerOptions: {
      maxParamLength: 16_384, // More than Node accepts in a URL, so that the schemas refuse long parameters.
      onBadUrl(_path, request, response) {
        replaceMalformedPath(request, API)
        routeAgain(request, response)
      },
    },
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.server.on('checkExpectation', routeAgain) // Ignores `Expect` headers, which Node would answer with 417.

  app.setSerializerCompiler(() => JSON.stringify) // docs/decisions/0004-json-stringify.md

  app.decorate('config', config)
  app.decorate('environment', environment)

  app.register(sensible)
  app.register(security)
  app.register(shutdown)
  app.register(errors)
  app.register(validation)
  app.register(paths)
  app.register(contentEncoding)
  app.register(routeUrls)
  app.register(openapi)
  app.register(metrics)
  app.register(logDigest)
  app.register(store)
  app.register(upstream)
  app.register(offersClient)
  app.register(pause)
  app.register(schedule)
  app.register(refresher)
  app.register(example)
  app.register(retention)
  app.register(alerts)
  app.register(changeStream)
  app.register(webhooks)
  app.register(movers)
  app.register(cursors)
  app.register(streamSessions)
  app.register(catalogueMetrics)

  app.register(page)
  app.register(documentation)
  app.register(health, { prefix: '/health' })
  app.register(metricsRoute, { prefix: '/metrics' })
  app.register(
    async (api) => {
      api.register(auth)
      api.register(etag)
      api.register(compression)
      api.register(batchedSends)
      api.register(products, { prefix: '/products' })
      api.register(productsByExternalId, { prefix: '/products' })
      api.register(productsBatch, { prefix: '/products/batch' })
      api.register(productsBatchChanges, { prefix: '/products/batch' })
      api.register(offers, { prefix: '/products/:id/offers' })
      api.register(trends, { prefix: '/products/:id' })
      api.register(trendsOfMany, { prefix: '/trends' })
      api.register(stats, { prefix: '/products/:id/stats' })
      api.register(moversRoute, { prefix: '/movers' })
      api.register(alertsRoute, { prefix: '/alerts' })
      api.register(exportRoutes, { prefix: '/export' })
      api.register(changes, { prefix: '/changes' })
      api.register(changesSession, { prefix: '/changes/session' })
      api.register(webhooksRoute, { prefix: '/webhooks' })
      api.register(webhookActions, { prefix: '/webhooks' })
      api.register(status, { prefix: '/status' })
      api.register(methods)
    },
    { prefix: API },
  )
  app.register(methods)
  return app
}

declare module 'fastify' {
  interface FastifyInstance {
    config: Config
    environment: Environment
  }
}
