import type { Test } from 'tap'
import { toTime } from '../../schemas/to-time.ts'
import type { Trend, TrendGap, TrendPoint } from '../../schemas/trend.ts'
import { offer, PRODUCTS, startStill } from './helper.ts'

/** A moment in November 2026: `22T08:00`. */
export const ms = (text: string) => Date.parse(`2026-11-${text}Z`)
export const iso = (text: string) => toTime(ms(text))

export const windowQuery = (from: string, to: string) => `from=${iso(from)}&to=${iso(to)}`

export type Point = [at: string, price: number | null, stock: number | null]
export const point = ({ at, price, items_in_stock }: TrendPoint): Point => [
  at.slice(8, 16),
  price,
  items_in_stock,
]

export const gap = ({ from, to }: TrendGap): [from: string, to: string] => [
  from.slice(8, 16),
  to.slice(8, 16),
]

/**
 * An app with a mower whose prices are known, for all tests of a file: each changes only products of its own. Polls
 * are a day apart.
 */
export async function startTrends(t: Test) {
  const still = await startStill(t, ms('22T08:00'), { REFRESH_INTERVAL_SECONDS: '86400' })
  const mower = await still.add('Mower', [
    [ms('20T08:00'), offer('a', 100, 3)],
    [ms('21T20:00'), offer('a', 90, 3), offer('b', 80, 0)],
    [ms('22T02:00'), offer('b', 80, 5)],
    [ms('22T06:00'), offer('b', 85, 5)],
    [ms('22T07:00')],
  ])
  const read = (path: string) => still.app.inject(`${PRODUCTS}/${path}`)
  const trendOf = async (path: string) => (await read(path)).json<Trend>()
  return { ...still, mower, read, trendOf }
}
