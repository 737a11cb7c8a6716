import t from 'tap'
import {
  decodeChanges,
  encodeChanges,
  type FeedChange,
  kindOf,
  POLL,
  PRODUCT_CHANGES,
} from '../../../db/encoding/changes.ts'
import { decodeHours, encodeHours, encodeStocks, mergeDays } from '../../../db/encoding/hours.ts'
import { decodePastPrices, encodePastPrices } from '../../../db/encoding/past-prices.ts'
import type { PriceHour } from '../../../history/hours.ts'
import type { PastPrice } from '../../../history/lowest-prior.ts'
import type { OfferState } from '../../../history/offer-state.ts'
import { HOUR_MS } from '../../../history/time.ts'
import { change, DAY, hex, MAX, offer } from './offers.ts'

// Hours.

const priced = (hour: number, rest: Partial<PriceHour> = {}): PriceHour => ({
  hour: DAY * 24 + hour,
  ...{ open: 130, close: 110, low: 100, high: 200 },
  ...{ onSaleMs: HOUR_MS - 300, excess: 20 * HOUR_MS + 100 * 300, stockLow: 4, stockHigh: 300 },
  end: { price: 110, itemsInStock: 5, lowestPrior: 90 },
  ...rest,
})

const unpriced = (hour: number): PriceHour => ({
  hour: DAY * 24 + hour,
  ...{ open: null, close: null, low: null, high: null },
  ...{ onSaleMs: 0, excess: 0, stockLow: null, stockHigh: null, end: null },
})

t.test('the hours of a day have these bytes', async (t) => {
  const bytes = encodeHours([
    unpriced(0),
    priced(7),
    priced(23, { end: null, excess: 1 - 100 * (HOUR_MS - 300) }),
  ])
  t.equal(
    hex(bytes),
    [
      '00', // Hour 0, in which it was not on sale.
      ...['67', '64', '1e', '0a', '64', '00000000ccbfb941', 'ac02', '05', '5b'], // 7 + 32 + 64
      ...['37', '64', '1e', '0a', '64', '000000000000f03f', 'ac02'], // 23 + 32
    ].join(''),
  )
})

const days: [what: string, hours: PriceHour[]][] = [
  ['none', []],
  ['one that was never on sale', [unpriced(23)]],
  ['one that ended on sale', [priced(0)]],
  ['one that ended sold out', [priced(0, { end: null })]],
  [
    'one without a prior price',
    [priced(12, { end: { price: 110, itemsInStock: 0, lowestPrior: null } })],
  ],
  [
    'one with a prior price of 0',
    [priced(12, { end: { price: 110, itemsInStock: 1, lowestPrior: 0 } })],
  ],
  [
    'one at 0',
    [
      priced(12, {
        ...{ open: 0, close: 0, low: 0, high: 0, onSaleMs: HOUR_MS, excess: 0 },
        end: { price: 0, itemsInStock: 0, lowestPrior: 0 },
      }),
    ],
  ],
  [
    'one with the largest figures',
    [
      priced(12, {
        ...{ open: MAX, close: MAX, low: 0, high: MAX, onSaleMs: HOUR_MS, excess: MAX * HOUR_MS },
        ...{ stockLow: 0, stockHigh: MAX },
        end: { price: MAX, itemsInStock: MAX, lowestPrior: MAX },
      }),
    ],
  ],
  [
    'one listed for no time yet',
    [
      priced(12, {
        ...{ open: 9, close: 9, low: 9, high: 9, onSaleMs: 0, excess: 0 },
        end: null,
      }),
    ],
  ],
  ['all 24', Array.from({ length: 24 }, (_, hour) => (hour % 3 ? priced(hour) : unpriced(hour)))],
]
for (const [what, hours] of days) {
  t.test(`the hours of a day are read again: ${what}`, async (t) => {
    t.strictSame(decodeHours(DAY, encodeHours(hours), encodeStocks(hours)), hours)
  })
}

const withoutStock = (hour: number) => priced(hour, { stockLow: null, stockHigh: null })

t.test('the stocks of a day have these bytes, and may be missing', async (t) => {
  const hours = [unpriced(0), priced(7), withoutStock(8), priced(23, { stockLow: 300 })]
  t.equal(hex(encodeStocks(hours)), ['07', '04', 'a802', '17', 'ac02', '00'].join(''))
  t.strictSame(decodeHours(DAY, encodeHours([priced(7)]), null), [withoutStock(7)])
})

t.test('hours can be added to those of a day as bytes', async (t) => {
  const parts = [[priced(1), unpriced(2)], [priced(3)]]
  const bytes = Buffer.concat(parts.map(encodeHours))
  t.strictSame(decodeHours(DAY, bytes, Buffer.concat(parts.map(encodeStocks))), [
    priced(1),
    unpriced(2),
    priced(3),
  ])
})

t.test('hours that are summed up go to the rollups of their days', async (t) => {
  const last = { ...priced(0), hour: DAY * 24 + 23 }
  const next = { ...priced(0), hour: (DAY + 1) * 24 }
  const days = mergeDays([last, next], last.hour * HOUR_MS, () => undefined)
  t.strictSame(
    days.map(([day, ...bytes]) => [day, decodeHours(day, ...bytes)]),
    [
      [DAY, [last]],
      [DAY + 1, [next]],
    ],
  )
})

t.test('hours that are summed up again replace those that were stored', async (t) => {
  const before = [priced(1), priced(2), priced(3)]
  const stored = { hours: encodeHours(before), stocks: encodeStocks(before) }
  const from = (DAY * 24 + 2) * HOUR_MS
  const [merged] = mergeDays([unpriced(2)], from, (day) => (day === DAY ? stored : undefined))
  const [, hours = stored.hours, stocks = stored.stocks] = merged ?? []
  t.strictSame(decodeHours(DAY, hours, stocks), [priced(1), unpriced(2)])
})

// Past prices.

t.test('past prices have these bytes', async (t) => {
  const past = [
    { hour: 490_896, price: 300 },
    { hour: 490_899, price: 41_900 },
  ]
  t.equal(encodePastPrices(past), '90fb1dac020380c502')
})

const pasts: [what: string, past: PastPrice[]][] = [
  ['none', []],
  ['one', [{ hour: 490_896, price: 41_900 }]],
  ['one of 0', [{ hour: 490_896, price: 0 }]],
  [
    'from the lowest to the highest',
    [
      { hour: 0, price: 0 },
      { hour: 127, price: 127 },
      { hour: 128, price: 2 ** 31 },
      { hour: 490_896, price: MAX },
    ],
  ],
  [
    'one for each hour of 30 days',
    Array.from({ length: 721 }, (_, index) => ({ hour: 490_896 + index, price: index * 129 })),
  ],
]
for (const [what, past] of pasts) {
  t.test(`past prices are read again: ${what}`, async (t) => {
    t.strictSame(decodePastPrices(encodePastPrices(past)), past)
  })
}

// The change feed.

t.test('what a poll found changed has these bytes in the feed', async (t) => {
  const changes = [
    change(null, offer(1, 41_900, 12)),
    change(offer(2, 300, 5), offer(2, 128, 0)),
    change(offer(3, 300, 5), offer(3, 300, 127)),
    change(offer(40, 300, 5), null),
  ]
  t.equal(
    hex(encodeChanges(changes)),
    [
      ...['04', 'acc702', '0c'],
      ...['09', '8001', 'ac02', '00', '05'],
      ...['0e', '7f', '05'],
      ...['a301', 'ac02', '05'],
    ].join(''),
  )
})

const fed: [what: string, before: OfferState | null, now: OfferState | null, FeedChange][] = [
  [
    'listed',
    null,
    offer(1, 100, 5),
    { number: 1, type: 'offer.listed', price: 100, items_in_stock: 5 },
  ],
  [
    'listed at 0 with none in stock',
    null,
    offer(127, 0, 0),
    { number: 127, type: 'offer.listed', price: 0, items_in_stock: 0 },
  ],
  [
    'repriced',
    offer(1, 100, 5),
    offer(1, 90, 5),
    {
      ...{ number: 1, type: 'offer.price_changed' as const, price: 90, previous_price: 100 },
      ...{ items_in_stock: 5, previous_items_in_stock: 5 },
    },
  ],
  [
    'repriced and restocked, which is one change',
    offer(1, 100, 5),
    offer(1, 110, 6),
    {
      ...{ number: 1, type: 'offer.price_changed' as const, price: 110, previous_price: 100 },
      ...{ items_in_stock: 6, previous_items_in_stock: 5 },
    },
  ],
  [
    'repriced with the largest figures',
    offer(2 ** 50, 0, 0),
    offer(2 ** 50, MAX, MAX),
    {
      ...{ number: 2 ** 50, type: 'offer.price_changed' as const, price: MAX, previous_price: 0 },
      ...{ items_in_stock: MAX, previous_items_in_stock: 0 },
    },
  ],
  [
    'restocked',
    offer(128, 100, 5),
    offer(128, 100, 0),
    {
      ...{ number: 128, type: 'offer.stock_changed' as const },
      ...{ items_in_stock: 0, previous_items_in_stock: 5 },
    },
  ],
  [
    'delisted',
    offer(1, 100, 5),
    null,
    {
      ...{ number: 1, type: 'offer.delisted' as const },
      ...{ previous_price: 100, previous_items_in_stock: 5 },
    },
  ],
]
for (const [what, before, now, expected] of fed) {
  t.test(`an offer in the feed: ${what}`, async (t) => {
    t.strictSame(decodeChanges(encodeChanges([change(before, now)])), [expected])
  })
}

t.test('all that a poll found changed is read in its order', async (t) => {
  const changes = fed.map(([, before, now]) => change(before, now))
  t.strictSame(
    decodeChanges(encodeChanges(changes)),
    fed.map(([, , , expected]) => expected),
  )
})

t.test('an empty list of changes takes no bytes', async (t) => {
  t.equal(encodeChanges([]).length, 0)
  t.strictSame(decodeChanges(Buffer.alloc(0)), [])
})

const kinds: [type: (typeof PRODUCT_CHANGES)[number], kind: number][] = [
  ['product.created', 1],
  ['product.updated', 2],
  ['product.deleted', 3],
  ['product.registered', 4],
]
for (const [type, kind] of kinds) {
  t.test(`a feed row of kind ${kind} is a ${type}`, async (t) => {
    t.equal(kindOf(type), kind)
    t.equal(PRODUCT_CHANGES[kind], type)
  })
}

t.test('a row of the feed for a poll is of no kind of a product', async (t) => {
  t.equal(POLL, 0)
  t.equal(PRODUCT_CHANGES[POLL], undefined)
})

// The lowest price of a product.
