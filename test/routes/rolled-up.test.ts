/** The answers about a time for which only hours are left: everything that hours contain, and no more. */
import t from 'tap'
import { HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import type { ProductOffers } from '../../schemas/offer.ts'
import { toTime } from '../../schemas/to-time.ts'
import type { Trend } from '../../schemas/trend.ts'
import {
  type App,
  offer,
  type Poll,
  PRODUCTS,
  polled,
  startStill,
  type WireOffer,
} from './helper.ts'

/** A moment in November 2026: `22T08:00`. */
const ms = (text: string) => Date.parse(`2026-11-${text}Z`)
const iso = (text: string) => toTime(ms(text))

const NOW = ms('22T08:00')

const { app, add, compact, time } = await startStill(t, NOW, { REFRESH_INTERVAL_SECONDS: '86400' })

/** So many changes as fill a chunk, so that what is before them need not be kept. */
const filler = (from: number, ...others: WireOffer[]): Poll[] =>
  Array.from({ length: 200 }, (_, n) => [
    from + n * MINUTE_MS,
    ...others,
    offer('filler', 5000 + (n % 2), 0),
  ])

/** Keeps the hours alone of what is from before the 20th. */
async function rollUp(): Promise<void> {
  const compaction = { rollBefore: ms('20T00:00'), rawBefore: ms('20T00:00'), changesBefore: 0 }
  while (await compact(compaction));
}

const trendOf = async (path: string) => (await app.inject(`${PRODUCTS}/${path}`)).json<Trend>()

const windowQuery = (from: string, to: string) => `from=${iso(from)}&to=${iso(to)}`

const endsOf = ({ offers }: Trend) =>
  offers
    ?.filter(({ offer_id }) => offer_id !== 'filler')
    .map(({ offer_id, first, last, change_percent }) => [offer_id, first, last, change_percent])

const ends: [what: string, polls: Poll[], from: string, to: string, ends: unknown[][]][] = [
  [
    'whose day has changes only after the end of the window',
    [
      [ms('01T10:00'), offer('a', 100)],
      [ms('02T10:00'), offer('a', 90)],
      [ms('03T10:00'), offer('a', 80)],
      [ms('04T15:00'), offer('a', 70)],
    ],
    '01T00:00',
    '04T12:00',
    [['a', 100, 80, -20]],
  ],
  [
    'that was off sale at the end',
    [
      [ms('01T10:00'), offer('a', 100)],
      [ms('02T10:30'), offer('a', 90)],
      [ms('03T10:30'), offer('a', 80)],
      [ms('04T10:00')],
    ],
    '01T00:00',
    '06T00:00',
    [['a', 100, 80, -20]],
  ],
  [
    'that left as the first hour of its last day began',
    [
      [ms('01T10:00'), offer('a', 100)],
      [ms('02T10:00'), offer('a', 90)],
      [ms('04T00:00')],
      [ms('05T00:00'), offer('b', 1)],
    ],
    '01T12:00',
    '04T12:00',
    [['a', 100, 90, -10]],
  ],
  [
    'that came and went before the window',
    [[ms('01T10:00'), offer('a', 100)], [ms('02T10:30')], [ms('02T11:00'), offer('b', 7)]],
    '02T12:00',
    '03T12:00',
    [['b', 7, 7, 0]],
  ],
  [
    'that was first seen on a day that begins before the window',
    [
      [ms('01T10:00'), offer('b', 7)],
      [ms('01T14:00'), offer('a', 100), offer('b', 7)],
      [ms('01T15:30'), offer('a', 90), offer('b', 7)],
    ],
    '01T12:00',
    '01T18:00',
    [
      ['b', 7, 7, 0],
      ['a', 100, 90, -10],
    ],
  ],
]
for (const [what, polls, from, to, expected] of ends) {
  t.test(`the first and the last price of an offer ${what}`, async (t) => {
    const { id } = await add('Ends', [...polls, ...filler(ms('19T00:00'))])
    const url = `${id}/trend?${windowQuery(from, to)}`
    t.strictSame(endsOf(await trendOf(url)), expected, 'raw')
    await rollUp()
    t.strictSame(endsOf(await trendOf(`${url}&interval=1h`)), expected, 'by the hour')
    t.strictSame(endsOf(await trendOf(url)), expected, 'with hours alone')
  })
}

t.test('the hour of the first observation counts whole', async (t) => {
  const { id } = await add('First', [
    [ms('05T09:20'), offer('a', 100)],
    [ms('05T09:40'), offer('a', 50)],
    [ms('05T12:30'), offer('a', 40)],
    ...filler(ms('19T00:00'), offer('a', 40)),
  ])
  for (const path of ['trend', 'offers/a/trend']) {
    for (const from of ['05T09:00', '05T09:20', '01T00:00']) {
      const url = `${id}/${path}?${windowQuery(from, '05T12:00')}`
      const figures = async () => {
        const { change, low, high, mean, prices } = await trendOf(url)
        return { change, low, high, mean, from: prices?.[0]?.at }
      }
      const before = await figures()
      await rollUp()
      t.strictSame(await figures(), before, `${path} from ${from}`)
      t.strictSame(before.change, { absolute: -50, percent: -50 })
    }
  }
  const windows = [ms('05T09:10'), ms('05T09:20'), ms('05T00:00')]
  for (const from of windows) t.equal((await lowestChange(app, id, from))?.first, 100, toTime(from))
  t.equal((await lowestChange(app, id, ms('05T09:30')))?.first, 50, 'as the hour left it')
})

async function lowestChange({ store }: App, id: string, from: number) {
  const batches = await Array.fromAsync(store.lowestChanges(from))
  return batches.flat().find(({ productId }) => productId === id)
}

t.test('hours and polls meet on a full hour', async (t) => {
  const begin = ms('18T00:07') + MINUTE_MS / 2 // No hour ends with a change.
  const polls = Array.from({ length: 2000 }, (_, n): Poll => {
    return [begin + n * MINUTE_MS, offer('a', 1000 + ((n * 61) % 997), 1 + (n % 3))]
  })
  const { id } = await add('Border', polls)
  const windows = Array.from({ length: 30 }, (_, hours) => {
    const from = ms('18T00:00') + hours * HOUR_MS
    return `from=${toTime(from)}&to=${toTime(from + 9 * HOUR_MS)}`
  })
  const figures = () =>
    Promise.all(
      windows.flatMap((window) =>
        ['raw', '1h', '6h'].map(async (interval) => {
          const { prices, ...figures } = await trendOf(`${id}/trend?${window}&interval=${interval}`)
          return figures
        }),
      ),
    )
  const before = await figures()
  for (let minutes = 0; minutes < 30 * 60; minutes += 97) {
    const rawBefore = ms('18T00:00') + minutes * MINUTE_MS
    // It looks for old polls when others are to be kept than the day before.
    for (const before of [0, rawBefore]) {
      while (await compact({ rollBefore: ms('20T00:00'), rawBefore: before, changesBefore: 0 }));
    }
    t.strictSame(await figures(), before, `kept from ${toTime(rawBefore)}`)
  }
  const { prices } = await trendOf(`${id}/trend?${windowQuery('18T00:00', '20T00:00')}`)
  t.ok((prices?.length ?? 0) < 500, 'few polls are left')
})

t.test('a price that ended in the last hour of a window leaves no bucket', async (t) => {
  const { id } = await add('Left', [
    [ms('05T09:20'), offer('a', 85)],
    [ms('05T15:30')],
    ...filler(ms('19T00:00')),
  ])
  const url = `${id}/offers/a/trend?${windowQuery('05T12:00', '05T16:00')}&interval=1h`
  const before = (await trendOf(url)).buckets
  t.equal(before?.length, 4)
  const compaction = { rollBefore: ms('20T00:00'), rawBefore: 0, changesBefore: 0 }
  while (await compact(compaction));
  t.strictSame((await trendOf(url)).buckets, before)
  await rollUp()
  t.strictSame((await trendOf(url)).buckets, before)
})

/** The price was 100, but for 60 from 09:10 to 09:50 on the 1st; it is reduced to 90 30 days later. */
const reductions: [at: string, lowestPrior: number][] = [
  ['09:05', 60],
  ['09:10', 60],
  ['09:30', 60],
  ['09:49', 60],
  ['09:55', 60], // Whether the 60 was in force then the hour does not tell.
  ['10:00', 100],
]
for (const [at, expected] of reductions) {
  t.test(`the lowest prior price of a reduction at ${at} is never too high`, async (t) => {
    time.now = NOW
    const { id, token } = await add('Reduced', [
      [ms('01T00:00'), offer('a', 100)],
      [ms('01T09:10'), offer('a', 60)],
      [ms('01T09:50'), offer('a', 100)],
      ...filler(ms('19T00:00'), offer('a', 100)),
    ])
    await rollUp()
    time.now = Date.parse(`2026-12-01T${at}Z`)
    await app.store.settle([polled(token, [time.now, offer('a', 90)])])
    const { items } = (await app.inject(`${PRODUCTS}/${id}/offers`)).json<ProductOffers>()
    t.equal(items[0]?.lowest_prior_30d, expected)
  })
}

t.test('the largest prices and stocks are exact, also by the hour', async (t) => {
  time.now = NOW
  const max = Number.MAX_SAFE_INTEGER
  const { id } = await add('Largest', [
    [ms('01T09:10'), offer('a', max, max), offer('b', max, max)],
    [ms('01T09:50'), offer('a', max, max - 1), offer('b', max, 1)],
    [ms('01T11:10'), offer('a', max, 5), offer('b', max, max)],
    ...filler(ms('19T00:00'), offer('a', max, 7)),
  ])
  const url = `${id}/trend?${windowQuery('01T00:00', '02T00:00')}`
  const told = async (interval: string) => {
    const { low, high, mean, prices, buckets } = await trendOf(`${url}&interval=${interval}`)
    const stocks = prices?.map(({ items_in_stock }) => items_in_stock)
    return { low, high, mean, stocks, means: buckets?.map(({ mean }) => mean) }
  }
  const figures = { low: max, high: max, mean: max }
  const raw = { ...figures, stocks: [max], means: undefined }
  const hours = { ...figures, stocks: undefined, means: Array.from({ length: 15 }, () => max) }
  t.strictSame([await told('raw'), await told('1h')], [raw, hours])
  await rollUp()
  t.strictSame([await told('raw'), await told('1h')], [raw, hours])
})

t.test('the export of a time with hours alone says what was seen when', async (t) => {
  time.now = NOW
  const { id } = await add('Exported', [
    [ms('01T09:10'), offer('a', 10)],
    [ms('01T09:20'), offer('a', 10), offer('b', 20)],
    [ms('01T10:30'), offer('b', 20)],
    ...filler(ms('19T00:00')),
    [ms('21T00:00'), offer('c', 5)],
  ])
  await rollUp()
  const exported = async (from: string) => {
    const window = { from: ms(from), to: NOW }
    const records = (await Array.fromAsync(app.store.prices(window, id))).flat()
    return records
      .filter(({ offer_id, event }) => offer_id !== 'filler' && event !== 'gap')
      .map(({ offer_id, event, at, price }) => [offer_id, event, at.slice(8, 16), price])
  }
  const later = [
    ['b', 'hour', '19T00:00', null],
    ['c', 'listed', '21T00:00', 5],
  ]
  t.strictSame(await exported('01T09:00'), [
    ['a', 'hour', '01T09:00', 10],
    ['a', 'hour', '01T10:00', null],
    ['b', 'hour', '01T09:00', 20],
    ...later,
  ])
  t.strictSame(await exported('01T09:15'), [
    ['a', 'in_force', '01T09:15', 10],
    ['a', 'hour', '01T10:00', null],
    ['b', 'hour', '01T09:15', 20],
    ...later,
  ])
})
