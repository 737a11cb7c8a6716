import type { Differing, None } from '../ours.ts'
import type * as api from './api/types.gen.ts'

interface Generated {
  Alert: api.Alert
  AlertCondition: api.AlertCondition
  AlertFiring: api.AlertFiring
  AlertFiringList: api.AlertFiringList
  AlertList: api.AlertList
  AlertPatch: api.AlertPatch
  AlertPreview: api.AlertPreview
  AlertTrial: api.AlertTrial
  ApiError: api.ApiError
  BatchResult: api.BatchResult
  Change: api.Change
  ChangeList: api.ChangeList
  CreatedWebhook: api.CreatedWebhook
  DeletionResult: api.DeletionResult
  KeyedProduct: api.KeyedProduct
  Mover: api.Mover
  MoverList: api.MoverList
  NewAlert: api.NewAlert
  NewProduct: api.NewProduct
  NewProducts: api.NewProducts
  NewWebhook: api.NewWebhook
  Offer: api.Offer
  PriceRecord: api.PriceRecord
  Product: api.Product
  ProductChange: api.ProductChange
  ProductChanges: api.ProductChanges
  ProductIds: api.ProductIds
  ProductList: api.ProductList
  ProductOffers: api.ProductOffers
  ProductPatch: api.ProductPatch
  ProductStats: api.ProductStats
  Replay: api.Replay
  RotatedSecret: api.RotatedSecret
  Status: api.Status
  StreamSession: api.StreamSession
  Trend: api.Trend
  TrendBucket: api.TrendBucket
  TrendGap: api.TrendGap
  TrendList: api.TrendList
  TrendPoint: api.TrendPoint
  TrendsQuery: api.TrendsQuery
  Webhook: api.Webhook
  WebhookList: api.WebhookList
  WebhookPatch: api.WebhookPatch
  WebhookTest: api.WebhookTest
  WindowStats: api.WindowStats
}

export type Unlike = None<Differing<Generated>>
