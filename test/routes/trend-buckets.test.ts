import t from 'tap'
import { INTERVALS } from '../../history/interval.ts'
import { toTime } from '../../schemas/to-time.ts'
import { failed, isError, offer, type Poll, PRODUCTS, polled } from './helper.ts'
import { gap, iso, ms, startTrends, windowQuery } from './trend-reader.ts'

const { app, add, compact, mower, read, trendOf } = await startTrends(t)

t.test('buckets sum up what happened in each interval', async (t) => {
  const trend = await trendOf(`${mower.id}/trend?interval=6h`)
  t.notOk('prices' in trend)
  t.equal(trend.interval, '6h')
  const flat = (price: number) => ({ open: price, close: price, low: price, high: price })
  const stock = (low: number, high: number) => ({ items_in_stock: { low, high } })
  t.strictSame(trend.buckets, [
    { at: iso('21T06:00'), ...flat(100), mean: 100, ...stock(3, 3) },
    { at: iso('21T12:00'), ...flat(100), mean: 100, ...stock(3, 3) },
    { at: iso('21T18:00'), open: 100, close: 90, low: 90, high: 100, mean: 93.33, ...stock(3, 3) },
    { at: iso('22T00:00'), open: 90, close: 80, low: 80, high: 90, mean: 83.33, ...stock(3, 5) },
    { at: iso('22T06:00'), ...flat(85), mean: 85, ...stock(5, 5) },
  ])
  const raw = await trendOf(`${mower.id}/trend`)
  for (const name of ['change', 'low', 'high', 'mean', 'coverage', 'gaps', 'offers'] as const) {
    t.strictSame(trend[name], raw[name], name)
  }
})

t.test('a bucket in which it was not on sale has no prices', async (t) => {
  const query = `${windowQuery('22T06:00', '22T07:30')}&interval=15m`
  const { buckets } = await trendOf(`${mower.id}/offers/b/trend?${query}`)
  t.strictSame(
    buckets?.map(({ at, open, mean }) => [at.slice(8, 16), open, mean]),
    [
      ['22T06:00', 85, 85],
      ['22T06:15', 85, 85],
      ['22T06:30', 85, 85],
      ['22T06:45', 85, 85],
      ['22T07:00', null, null],
      ['22T07:15', null, null],
    ],
  )
})

for (const [interval, length] of Object.entries(INTERVALS)) {
  t.test(`buckets of ${interval} begin at its multiples`, async (t) => {
    const from = Math.floor(ms('22T02:00') / length) * length
    const query = `from=${toTime(from)}&to=${toTime(from + 2.5 * length)}&interval=${interval}`
    const long = await add('Long', [[ms('20T00:00'), offer('a', 7)]])
    for (const path of [`${long.id}/trend`, `${long.id}/offers/a/trend`]) {
      const { buckets, prices } = await trendOf(`${path}?${query}`)
      t.equal(prices, undefined)
      // The future has no buckets.
      const count = Math.min(3, Math.ceil((ms('22T08:00') - from) / length))
      t.strictSame(
        buckets?.map(({ at }) => at),
        Array.from({ length: count }, (_, index) => toTime(from + index * length)),
      )
    }
  })
}

/** Lengths of windows, in minutes, with the interval that suits them. */
const lengths: [minutes: number, interval: string][] = [
  [0, '1m'],
  [999, '1m'],
  [1_000, '5m'],
  [24 * 60, '5m'],
  [4_995, '5m'],
  [4_996, '15m'],
  [14_985, '15m'],
  [14_986, '1h'],
  [59_940, '1h'],
  [59_941, '6h'],
  [359_640, '6h'],
  [359_641, '1d'],
  [10_000_000, '1d'],
]
for (const [minutes, interval] of lengths) {
  t.test(`auto is ${interval} for a window of ${minutes} minutes`, async (t) => {
    const from = toTime(ms('22T08:00') - minutes * 60_000)
    const trend = await trendOf(`${mower.id}/trend?from=${from}&interval=auto`)
    t.equal(trend.interval, interval)
    t.notOk('prices' in trend)
    t.ok((trend.buckets?.length ?? 0) > 0)
  })
}

t.test('a product whose offers were never seen has no prices', async (t) => {
  const never = await add('Never polled')
  const without = await add('Without offers', [[ms('21T20:00')]])
  for (const [{ id }, coverage] of [
    [never, 0],
    [without, 0.5],
  ] as const) {
    const figures = { change: { absolute: null, percent: null }, low: null, high: null, mean: null }
    t.match(await trendOf(`${id}/trend`), { prices: [], ...figures, coverage, offers: [] })
    t.strictSame((await trendOf(`${id}/trend?interval=1h`)).buckets, [])
  }
})

t.test('from a price of 0 there is no change in percent', async (t) => {
  const { id } = await add('Gift', [
    [ms('22T01:00'), offer('a', 0)],
    [ms('22T02:00'), offer('a', 50)],
  ])
  const trend = await trendOf(`${id}/trend`)
  t.strictSame(trend.change, { absolute: 50, percent: null })
  t.strictSame(trend.offers, [{ offer_id: 'a', first: 0, last: 50, change_percent: null }])
})

t.test('polls that failed lower the coverage, leave a gap and change nothing else', async (t) => {
  const polls: Poll[] = [
    [ms('22T00:00'), offer('a', 10)],
    [ms('22T02:00'), offer('a', 10)],
    [ms('22T06:00'), offer('a', 10)],
  ]
  const { id, token } = await add('Flaky', polls.slice(0, 2))
  await app.store.settle([
    failed(token, ms('22T04:00')),
    failed(token, ms('22T05:00')),
    ...polls.slice(2).map((poll) => polled(token, poll)),
  ])
  type Pair = [from: string, to: string]
  const shares: [window: Pair, coverage: number, gaps: Pair[]][] = [
    [['22T00:00', '22T08:00'], 0.5, [['22T02:00', '22T06:00']]],
    [['22T00:00', '22T02:00'], 1, []],
    [['22T01:00', '22T05:00'], 0.25, [['22T02:00', '22T05:00']]],
    [['22T02:30', '22T05:30'], 0, [['22T02:30', '22T05:30']]],
    [['22T05:00', '22T08:00'], 2 / 3, [['22T05:00', '22T06:00']]],
  ]
  for (const [[from, to], coverage, gaps] of shares) {
    const trend = await trendOf(`${id}/offers/a/trend?${windowQuery(from, to)}`)
    t.match(trend, { coverage, prices: [{ at: iso(from), price: 10 }], low: 10, mean: 10 })
    t.equal(trend.prices?.length, 1)
    t.strictSame(trend.gaps.map(gap), gaps)
  }
  await app.store.settle([failed(token, ms('22T07:00'))])
  const trend = await trendOf(`${id}/trend?${windowQuery('22T00:00', '22T08:00')}`)
  t.equal(trend.coverage, 0.25)
  t.strictSame(trend.gaps.map(gap), [
    ['22T02:00', '22T06:00'],
    ['22T06:00', '22T08:00'],
  ])
})

t.test('more than 10,000 points are refused, and 10,000 are not', async (t) => {
  const begin = ms('21T20:00')
  const polls = Array.from({ length: 10_001 }, (_, second): Poll => {
    return [begin + second * 1000, offer('a', 100 + (second % 2))]
  })
  const { id } = await add('Restless', polls)
  const message =
    'The trend has more than 10000 points; ask for a shorter window or a longer interval'
  for (const path of [`${id}/trend`, `${id}/offers/a/trend`]) {
    await t.test(path.replace(id, '{id}'), async (t) => {
      const to = (seconds: number) => toTime(begin + seconds * 1000)
      const refused = await read(`${path}?from=${to(0)}&to=${to(10_000)}`)
      isError(t, refused, 400, message, 'TOO_MANY_POINTS')
      const { prices } = await trendOf(`${path}?from=${to(0)}&to=${to(9_999)}`)
      t.equal(prices?.length, 10_000)
      const { buckets } = await trendOf(`${path}?from=${to(0)}&to=${to(10_000)}&interval=1h`)
      t.equal(buckets?.length, 3)
    })
  }
})

t.test('more than 10,000 buckets are refused, and 10,000 are not', async (t) => {
  const from = ms('01T00:00')
  const { id } = await add('Steady', [[from, offer('a', 1)]])
  for (const path of [`${id}/trend`, `${id}/offers/a/trend`]) {
    await t.test(path.replace(id, '{id}'), async (t) => {
      const query = (minutes: number) =>
        `from=${toTime(from)}&to=${toTime(from + minutes * 60_000)}&interval=1m`
      const refused = await read(`${path}?${query(10_001)}`)
      isError(t, refused, 400, /more than 10000 points.* interval/, 'TOO_MANY_POINTS')
      t.equal((await trendOf(`${path}?${query(10_000)}`)).buckets?.length, 10_000)
    })
  }
})

const ids = ['a/b', '100%', 'ž 🛒', '?', '#x', 'a+b', '"', '__proto__', 'trend', 'x'.repeat(255)]
t.test('whatever the id of an offer is, its trend can be read', async (t) => {
  const { id } = await add('Odd', [[ms('22T07:00'), ...ids.map((id, n) => offer(id, n + 1))]])
  for (const [index, offerId] of ids.entries()) {
    const trend = await trendOf(`${id}/offers/${encodeURIComponent(offerId)}/trend`)
    t.match(trend, { product_id: id, offer_id: offerId, high: index + 1 }, offerId)
  }
})

t.test('an offer that was never seen is not found', async (t) => {
  const other = await add('Other', [[ms('22T07:00'), offer('c', 1)]])
  for (const offerId of ['c', 'A', 'b%20', '%22']) {
    const url = `${PRODUCTS}/${mower.id}/offers/${offerId}/trend`
    const named = JSON.stringify(decodeURIComponent(offerId))
    const message = `Product ${mower.id} never had an offer ${named}`
    for (const headers of [{}, { 'if-none-match': '"x"' }]) {
      const response = await app.inject({ url, headers })
      isError(t, response, 404, message, 'OFFER_NOT_FOUND')
    }
  }
  t.equal((await read(`${other.id}/offers/c/trend`)).statusCode, 200)
})

t.test('a product that was deleted is not found any more', async (t) => {
  const { id } = await add('Gone', [[ms('22T07:00'), offer('a', 1)]])
  t.equal((await app.inject({ method: 'DELETE', url: `${PRODUCTS}/${id}` })).statusCode, 204)
  for (const path of ['trend', 'trend?interval=1h', 'offers/a/trend']) {
    isError(t, await read(`${id}/${path}`), 404, `There is no product ${id}`, 'PRODUCT_NOT_FOUND')
  }
})

t.test('a trend has a tag that stays until something changes', async (t) => {
  const { id, token } = await add('Tagged', [[ms('22T07:00'), offer('a', 1)]])
  const paths = [`${PRODUCTS}/${id}/trend`, `${PRODUCTS}/${id}/offers/a/trend`]
  for (const url of paths) {
    const { etag } = (await app.inject(url)).headers
    const headers = { 'if-none-match': etag }
    t.equal((await app.inject({ url, headers })).statusCode, 304, url)
  }
  const before = await Promise.all(paths.map((url) => app.inject(url)))
  await app.store.settle([polled(token, [ms('22T08:00'), offer('a', 2)])])
  for (const [index, url] of paths.entries()) {
    const headers = { 'if-none-match': before[index]?.headers.etag }
    t.equal((await app.inject({ url, headers })).statusCode, 200, url)
  }
})

t.test('what was rolled up into hours gives the same buckets', async (t) => {
  const { id } = await add('Rolled', [
    [ms('19T22:10'), offer('a', 100, 3), offer('b', 120)],
    [ms('20T08:20'), offer('a', 130, 2), offer('b', 120)],
    [ms('20T08:40'), offer('b', 120)],
    [ms('20T23:59'), offer('a', 90), offer('b', 110, 0)],
    [ms('21T00:00')],
    [ms('21T13:30'), offer('b', 70)],
  ])
  const paths = ['trend', 'offers/a/trend', 'offers/b/trend'].flatMap((path) =>
    ['1h', '6h', '1d'].map(
      (interval) => `${id}/${path}?from=${iso('19T00:30')}&interval=${interval}`,
    ),
  )
  const before = await Promise.all(paths.map(trendOf))
  const compaction = { rollBefore: ms('22T00:00'), rawBefore: 0, changesBefore: 0 }
  while (await compact(compaction));
  t.strictSame(await Promise.all(paths.map(trendOf)), before)
  t.ok(before.every(({ buckets }) => (buckets?.length ?? 0) >= 2))
})
