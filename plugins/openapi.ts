import type { FastifyInstance, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { kept } from '../concurrency/in-flight.ts'
import {
  Alert,
  AlertFiring,
  AlertFiringList,
  AlertList,
  AlertPatch,
  AlertPreview,
  AlertTrial,
  NewAlert,
} from '../schemas/alert.ts'
import { AlertCondition } from '../schemas/alert-condition.ts'
import {
  BatchResult,
  DeletionResult,
  NewProducts,
  ProductChanges,
  ProductIds,
} from '../schemas/batch.ts'
import { Change, ChangeList, StreamSession } from '../schemas/change.ts'
import { ApiError } from '../schemas/error.ts'
import { PriceRecord } from '../schemas/export.ts'
import { Mover, MoverList } from '../schemas/mover.ts'
import { Offer, ProductOffers } from '../schemas/offer.ts'
import {
  KeyedProduct,
  NewProduct,
  Product,
  ProductChange,
  ProductList,
  ProductPatch,
} from '../schemas/product.ts'
import { ProductStats, WindowStats } from '../schemas/stats.ts'
import { Status } from '../schemas/status.ts'
import {
  Trend,
  TrendBucket,
  TrendGap,
  TrendList,
  TrendPoint,
  TrendsQuery,
} from '../schemas/trend.ts'
import {
  CreatedWebhook,
  NewWebhook,
  Replay,
  RotatedSecret,
  Webhook,
  WebhookList,
  WebhookPatch,
  WebhookTest,
} from '../schemas/webhook.ts'

/**
 * Registers the schemas that routes refer to, and decorates `app.documentation`, the app that documents the
 * routes. That app is built on first use, because building it takes a tenth of the startup time and memory.
 */
export default fp(
  async (app) => {
    for (const schema of [
      ApiError,
      Product,
      ProductList,
      NewProduct,
      KeyedProduct,
      ProductPatch,
      ProductChange,
      NewProducts,
      ProductChanges,
      ProductIds,
      BatchResult,
      DeletionResult,
      Offer,
      ProductOffers,
      TrendPoint,
      TrendBucket,
      TrendGap,
      Trend,
      TrendsQuery,
      TrendList,
      Mover,
      MoverList,
      WindowStats,
      ProductStats,
      PriceRecord,
      AlertCondition,
      Alert,
      AlertList,
      NewAlert,
      AlertPatch,
      AlertFiring,
      AlertFiringList,
      AlertTrial,
      AlertPreview,
      Change,
      ChangeList,
      StreamSession,
      Webhook,
      NewWebhook,
      WebhookPatch,
      CreatedWebhook,
      WebhookList,
      WebhookTest,
      Replay,
      RotatedSecret,
      Status,
    ]) {
      app.addSchema(schema)
    }

    const routes: RouteOptions[] = []
    app.addHook('onRoute', (route) => {
      routes.push(route)
    })
    let built: FastifyInstance | undefined
    app.decorate(
      'documentation',
      kept(async () => {
        const { buildDocumentation } = await import('./documentation/app.ts')
        built = await buildDocumentation(app, routes)
        return built
      }),
    )
    app.addHook('onClose', () => built?.close())
  },
  { name: 'openapi' },
)

declare module 'fastify' {
  interface FastifyInstance {
    /** The app that serves `/docs`; its `swagger()` returns the OpenAPI document. Call it after `ready()`. */
    documentation(): Promise<FastifyInstance>
  }
}
