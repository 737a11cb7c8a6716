import type { Static } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { HistoryWindow, PriceHistory, ProductHistory } from '../db/store.ts'
import { coverageOf, type Gap, gapsOf, visible } from '../history/coverage.ts'
import { autoInterval, INTERVALS } from '../history/interval.ts'
import type { Segment } from '../history/segment.ts'
import { HOUR_MS } from '../history/time.ts'
import {
  type Bucket,
  bucketsOf,
  changeOf,
  figuresOf,
  forEachPoint,
  MAX_POINTS,
  TooManyPoints,
  upToMaxPoints,
} from '../history/trend.ts'
import packageJson from '../package.json' with { type: 'json' }
import { tagOf } from '../plugins/etag.ts'
import { toTime } from '../schemas/to-time.ts'
import type { Trend, TrendQuery } from '../schemas/trend.ts'
import { windowOf } from './window.ts'

/** The window and the interval of a trend, with defaults applied. */
export interface TrendRequest extends HistoryWindow {
  interval: Trend['interval']
}

const toBucket = ({ at, itemsInStock, ...prices }: Bucket) => ({
  ...{ at: toTime(at), ...prices, items_in_stock: itemsInStock },
})

const toGap = ({ from, to }: Gap) => ({ from: toTime(from), to: toTime(to) })

/** A trend, or a part of it, as it is sent. */
interface TrendText {
  json: string
  /** How many points or buckets it has. */
  points: number
}

/** The points. To make an object of each for `JSON.stringify` would take twice the time, and a trend has thousands. */
function pointsText(segments: Segment[]): TrendText {
  let json = ''
  let points = 0
  forEachPoint(segments, (at, price, itemsInStock) => {
    points += 1
    if (points > MAX_POINTS) throw new TooManyPoints()
    if (points > 1) json += ','
    json += `{"at":"${toTime(at)}","price":${price},"items_in_stock":${itemsInStock}}`
  })
  return { json: `"prices":[${json}]`, points }
}

function bucketsText(segments: Segment[], intervalMs: number): TrendText {
  const buckets = upToMaxPoints(bucketsOf(segments, intervalMs), toBucket)
  return { json: `"buckets":${JSON.stringify(buckets)}`, points: buckets.length }
}

/** What comes before the points or buckets. */
type Head = Pick<Trend, 'product_id' | 'offer_id' | 'from' | 'to' | 'interval'>

/** The trend of an offer or, with its `offers`, of a product, in the form of the schema `Trend`. */
function trendText(
  ids: Pick<Trend, 'product_id' | 'offer_id'>,
  { from, to, interval }: TrendRequest,
  { segments, covered }: PriceHistory,
  offers?: Trend['offers'],
): TrendText {
  const head: Head = { ...ids, from: toTime(from), to: toTime(to), interval }
  const { json, points } =
    interval === 'raw' ? pointsText(segments) : bucketsText(segments, INTERVALS[interval])
  const rest: Omit<Trend, keyof Head | 'prices' | 'buckets'> = {
    ...figuresOf(segments),
    coverage: coverageOf(covered, from, to),
    gaps: visible(gapsOf(covered, from, to), from, to).map(toGap),
    ...(offers && { offers }),
  }
  return {
    json: `${JSON.stringify(head).slice(0, -1)},${json},${JSON.stringify(rest).slice(1)}`,
    points,
  }
}

/** The trend of an offer. */
export const offerTrend = (
  product_id: string,
  offer_id: string,
  window: TrendRequest,
  history: PriceHistory,
): TrendText => trendText({ product_id, offer_id }, window, history)

/** The trend of a product, with the first and the last price of each offer. */
export function productTrend(
  product_id: string,
  window: TrendRequest,
  history: ProductHistory,
): TrendText {
  const offers = history.offers.map(({ id: offer_id, first, last }) => ({
    offer_id,
    first,
    last,
    change_percent: changeOf(first, last).percent,
  }))
  return trendText({ product_id }, window, history, offers)
}

/** The tag of a trend. Another version of the program may write the same trend in another way. */
export const trendTag = ({ from, to, interval }: TrendRequest, historyVersion: string): string =>
  tagOf([packageJson.version, from, to, interval, historyVersion].join())

/** The window and the interval that a request asks for. */
export function trendRequest(
  app: FastifyInstance,
  asked: Static<typeof TrendQuery>,
  where?: 'body',
): TrendRequest {
  const { from, to } = windowOf(app, asked, where)
  const interval = asked.interval === 'auto' ? autoInterval(to - from) : asked.interval
  return { from, to, interval, byHour: interval !== 'raw' && INTERVALS[interval] >= HOUR_MS }
}
