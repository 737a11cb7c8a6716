import t from 'tap'
import type { ProductStats } from '../../schemas/stats.ts'
import { isError, offer, PRODUCTS, UNKNOWN_ID } from './helper.ts'
import { iso, ms, startTrends } from './trend-reader.ts'

const { app, add, time, mower, read } = await startTrends(t)
const statsOf = async (id: string) => (await read(`${id}/stats`)).json<ProductStats>()

t.test('the statistics are those of the lowest price in stock', async (t) => {
  const response = await read(`${mower.id}/stats`)
  t.equal(response.statusCode, 200)
  const { windows, ...rest } = response.json<ProductStats>()
  t.strictSame(rest, {
    product_id: mower.id,
    lowest_price: null,
    all_time: {
      low: { price: 80, at: iso('22T02:00') },
      high: { price: 100, at: iso('20T08:00') },
    },
  })
  t.strictSame(windows['1d'], {
    ...{ low: 80, high: 100, mean: 93.26, first: 100, change_percent: -15 },
    ...{ out_of_stock: 1 / 24, coverage: 1 },
  })
  const longer = {
    ...{ low: 80, high: 100, mean: 96.7, first: 100, change_percent: -15 },
    out_of_stock: 1 / 48,
  }
  t.strictSame(windows['7d'], { ...longer, coverage: 2 / 7 })
  t.strictSame(windows['30d'], { ...longer, coverage: 2 / 30 })
  t.strictSame(windows['90d'], { ...longer, coverage: 2 / 90 })
  t.strictSame(windows['365d'], { ...longer, coverage: 2 / 365 })
})

t.test('each window has the figures of the trend over it', async (t) => {
  const stats = await statsOf(mower.id)
  for (const [name, from] of [
    ['1d', '21T08:00'],
    ['7d', '15T08:00'],
  ] as const) {
    const trend = (await read(`${mower.id}/trend?from=${iso(from)}`)).json()
    const { low, high, mean, change_percent, coverage } = stats.windows[name]
    t.strictSame(
      { low, high, mean, change_percent, coverage },
      {
        ...{ low: trend.low, high: trend.high, mean: trend.mean, coverage: trend.coverage },
        change_percent: trend.change.percent,
      },
    )
  }
})

t.test('of a product that was never polled nothing is known', async (t) => {
  const { id } = await add('never polled')
  const nothing = {
    ...{ low: null, high: null, mean: null, first: null, change_percent: null },
    ...{ out_of_stock: null, coverage: 0 },
  }
  t.strictSame(await statsOf(id), {
    ...{ product_id: id, lowest_price: null, all_time: { low: null, high: null } },
    windows: { '1d': nothing, '7d': nothing, '30d': nothing, '90d': nothing, '365d': nothing },
  })
})

t.test('an extreme from before the clock was put back counts as of now', async (t) => {
  const { id } = await add('ahead', [[ms('22T08:00'), offer('a', 7)]])
  time.now = ms('22T07:00')
  const { all_time } = await statsOf(id)
  time.now = ms('22T08:00')
  t.strictSame(all_time.low, { price: 7, at: iso('22T07:00') })
})

t.test('statistics carry a tag', async (t) => {
  const { etag } = (await read(`${mower.id}/stats`)).headers
  const url = `${PRODUCTS}/${mower.id}/stats`
  t.equal((await app.inject({ url, headers: { 'if-none-match': etag } })).statusCode, 304)
})

t.test('an unknown product has no statistics', async (t) => {
  const response = await read(`${UNKNOWN_ID}/stats`)
  isError(t, response, 404, `There is no product ${UNKNOWN_ID}`, 'PRODUCT_NOT_FOUND')
})
