import type {
  Alert,
  AlertFiring,
  AlertFiringList,
  AlertList,
  AlertPatch,
  AlertPreview,
  AlertTrial,
  NewAlert,
} from '../../schemas/alert.ts'
import type { AlertCondition } from '../../schemas/alert-condition.ts'
import type {
  BatchResult,
  DeletionResult,
  NewProducts,
  ProductChanges,
  ProductIds,
} from '../../schemas/batch.ts'
import type { Change, ChangeList, StreamSession } from '../../schemas/change.ts'
import type { ApiError } from '../../schemas/error.ts'
import type { PriceRecord } from '../../schemas/export.ts'
import type { Mover, MoverList } from '../../schemas/mover.ts'
import type { Offer, ProductOffers } from '../../schemas/offer.ts'
import type {
  KeyedProduct,
  NewProduct,
  Product,
  ProductChange,
  ProductList,
  ProductPatch,
} from '../../schemas/product.ts'
import type { ProductStats, WindowStats } from '../../schemas/stats.ts'
import type { Status } from '../../schemas/status.ts'
import type {
  Trend,
  TrendBucket,
  TrendGap,
  TrendList,
  TrendPoint,
  TrendsQuery,
} from '../../schemas/trend.ts'
import type {
  CreatedWebhook,
  NewWebhook,
  Replay,
  RotatedSecret,
  Webhook,
  WebhookList,
  WebhookPatch,
  WebhookTest,
} from '../../schemas/webhook.ts'

/** The types of the document's schemas as the service itself has them. */
export interface Ours {
  Alert: Alert
  AlertCondition: AlertCondition
  AlertFiring: AlertFiring
  AlertFiringList: AlertFiringList
  AlertList: AlertList
  AlertPatch: AlertPatch
  AlertPreview: AlertPreview
  AlertTrial: AlertTrial
  ApiError: ApiError
  BatchResult: BatchResult
  Change: Change
  ChangeList: ChangeList
  CreatedWebhook: CreatedWebhook
  DeletionResult: DeletionResult
  KeyedProduct: KeyedProduct
  Mover: Mover
  MoverList: MoverList
  NewAlert: NewAlert
  NewProduct: NewProduct
  NewProducts: NewProducts
  NewWebhook: NewWebhook
  Offer: Offer
  PriceRecord: PriceRecord
  Product: Product
  ProductChange: ProductChange
  ProductChanges: ProductChanges
  ProductIds: ProductIds
  ProductList: ProductList
  ProductOffers: ProductOffers
  ProductPatch: ProductPatch
  ProductStats: ProductStats
  Replay: Replay
  RotatedSecret: RotatedSecret
  Status: Status
  StreamSession: StreamSession
  Trend: Trend
  TrendBucket: TrendBucket
  TrendGap: TrendGap
  TrendList: TrendList
  TrendPoint: TrendPoint
  TrendsQuery: TrendsQuery
  Webhook: Webhook
  WebhookList: WebhookList
  WebhookPatch: WebhookPatch
  WebhookTest: WebhookTest
  WindowStats: WindowStats
}

/** A type with all its parts spelled out, however they were put together. */
type Plain<T> = T extends object ? { [Key in keyof T]: Plain<T[Key]> } : T

/** Whether two types are the same; assignability alone would let `any` through. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** The names of the generated types that are not the service's own, and of those that are not there. */
export type Differing<Generated> =
  | Exclude<keyof Ours, keyof Generated>
  | {
      [Name in keyof Generated]: Name extends keyof Ours
        ? Same<Plain<Generated[Name]>, Plain<Ours[Name]>> extends true
          ? never
          : Name
        : Name
    }[keyof Generated]

/** Compiles where `Names` names nothing. */
export type None<Names extends never> = Names
