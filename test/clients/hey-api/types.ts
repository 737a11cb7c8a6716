import type { Differing, None } from '../ours.ts'
import type * as api from './api/types.gen.ts'

interface Generated {
  ApiError: api.ApiError
  BatchResult: api.BatchResult
  Change: api.Change
  ChangeList: api.ChangeList
  KeyedProduct: api.KeyedProduct
  Mover: api.Mover
  MoverList: api.MoverList
  NewProduct: api.NewProduct
  NewProducts: api.NewProducts
  Offer: api.Offer
  PriceRecord: api.PriceRecord
  Product: api.Product
  ProductList: api.ProductList
  ProductOffers: api.ProductOffers
  ProductPatch: api.ProductPatch
  Status: api.Status
  StreamSession: api.StreamSession
  Trend: api.Trend
  TrendBucket: api.TrendBucket
  TrendGap: api.TrendGap
  TrendPoint: api.TrendPoint
}

export type Unlike = None<Differing<Generated>>
