import t from 'tap'
import { ByteReader, ByteWriter } from '../../db/encoding/bytes.ts'
import {
  decodeChanges,
  encodeChanges,
  type FeedChange,
  kindOf,
  POLL,
  PRODUCT_CHANGES,
} from '../../db/encoding/changes.ts'
import { Chunk, encodeOpening, encodePoll } from '../../db/encoding/chunk.ts'
import { decodeHours, encodeHours, mergeDays } from '../../db/encoding/hours.ts'
import { decodePastPrices, encodePastPrices } from '../../db/encoding/past-prices.ts'
import type { PriceHour } from '../../history/hours.ts'
import type { PastPrice } from '../../history/lowest-prior.ts'
import type { OfferChange, OfferState, PolledOffer } from '../../history/offer-state.ts'
import { HOUR_MS, MINUTE_MS } from '../../history/time.ts'

const START = Date.UTC(2026, 0, 2)
const DAY = 20_455
const MAX = Number.MAX_SAFE_INTEGER

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

// Numbers as bytes.

const uints: [value: number, bytes: string][] = [
  [0, '00'],
  [1, '01'],
  [127, '7f'],
  [128, '8001'],
  [300, 'ac02'],
  [16_383, 'ff7f'],
  [16_384, '808001'],
  [41_900, 'acc702'],
  [60_000, 'e0d403'],
  [2 ** 31 - 1, 'ffffffff07'],
  [2 ** 31, '8080808008'],
  [2 ** 32, '8080808010'],
  [2 ** 49 - 1, 'ffffffffffff7f'],
  [2 ** 49, '8080808080808001'],
  [MAX, 'ffffffffffffff0f'],
]
for (const [value, bytes] of uints) {
  t.test(`${value} is written as ${bytes.length / 2} bytes and read again`, async (t) => {
    const written = new ByteWriter().uint(value).bytes()
    t.equal(hex(written), bytes)
    const reader = new ByteReader(written)
    t.equal(reader.uint(), value)
    t.equal(reader.done, true)
  })
}

const floats: [value: number, bytes: string][] = [
  [0, '0000000000000000'],
  [1, '000000000000f03f'],
  [0.1, '9a9999999999b93f'],
  [MAX * HOUR_MS, 'ffffffff3f779b44'],
]
for (const [value, bytes] of floats) {
  t.test(`${value} is written as a double and read again`, async (t) => {
    const written = new ByteWriter().float(value).bytes()
    t.equal(hex(written), bytes)
    t.equal(new ByteReader(written).float(), value)
  })
}

t.test('numbers of all sizes in a row grow the writer, and come in their order', async (t) => {
  const writer = new ByteWriter()
  const values = Array.from({ length: 2000 }, (_, index) => 2 ** (index % 53) + (index % 3))
  for (const [index, value] of values.entries()) {
    if (index % 5 === 0) writer.float(value)
    else writer.uint(value)
  }
  const bytes = writer.bytes()
  const reader = new ByteReader(bytes)
  const found = values.map((_, index) => (index % 5 === 0 ? reader.float() : reader.uint()))
  t.strictSame(found, values)
  t.equal(reader.done, true)
})

for (const length of [0, 1, 247, 248, 249, 255, 256, 257, 511, 512]) {
  t.test(`the largest numbers fit behind ${length} bytes`, async (t) => {
    const written = () => {
      const writer = new ByteWriter()
      for (let count = 0; count < length; count++) writer.uint(1)
      return writer
    }
    const before = '01'.repeat(length)
    t.equal(hex(written().uint(MAX).bytes()), `${before}ffffffffffffff0f`)
    t.equal(hex(written().float(0.1).bytes()), `${before}9a9999999999b93f`)
  })
}

t.test('bytes that were given stay as they are when the writer goes on', async (t) => {
  const writer = new ByteWriter().uint(1)
  const before = writer.bytes()
  before[0] = 9
  t.equal(hex(writer.uint(2).bytes()), '0102')
  t.equal(hex(before), '09')
})

t.test('bytes within a larger buffer are read from their own beginning', async (t) => {
  const { buffer } = Uint8Array.from([9, 9, 9, ...new ByteWriter().uint(300).float(0.1).bytes(), 9])
  const reader = new ByteReader(new Uint8Array(buffer, 3, 10))
  t.equal(reader.uint(), 300)
  t.equal(reader.float(), 0.1)
  t.equal(reader.done, true)
})

t.test('no bytes are done at once', async (t) => {
  t.equal(new ByteReader(new ByteWriter().bytes()).done, true)
})

// What polls found changed.

const offer = (
  number: number,
  price: number,
  itemsInStock: number,
  changedAt = START,
  lowestPrior: number | null = null,
): OfferState => ({ number, price, itemsInStock, changedAt, lowestPrior })

/** A poll, so many ms after the one before, with how the offers stand after it. */
type Poll = [ms: number, changes: OfferChange[]]

function chunkOf(onSale: OfferState[], since: number, polls: Poll[]): Buffer {
  const encoded = polls.map(([ms, changes]) => encodePoll(ms, changes))
  return Buffer.concat([encodeOpening(onSale, since), ...encoded])
}

const change = (before: OfferState | null, now: OfferState | null): OfferChange => ({
  number: (before ?? now)?.number ?? 0,
  before,
  now,
})

/** What `nextAt` is at the end of a chunk. */
const END = Number.POSITIVE_INFINITY

const stateOf = ({ event, ...state }: PolledOffer): OfferState => state

const onSaleIn = (chunk: Chunk) => chunk.onSale.map(stateOf)

/** Reads the next poll, and gives it as it was written. */
function readPoll(chunk: Chunk): OfferChange[] {
  const before = new Map(onSaleIn(chunk).map((offer) => [offer.number, offer]))
  chunk.next()
  return chunk.changed.map((offer) => ({
    number: offer.number,
    before: before.get(offer.number) ?? null,
    now: offer.event === 'delisted' ? null : stateOf(offer),
  }))
}

t.test('a chunk has these bytes, and reads poll by poll', async (t) => {
  const [first, second, third] = [START, START + MINUTE_MS, START + 3 * MINUTE_MS]
  const one = offer(1, 41_900, 12, START - MINUTE_MS)
  const two = offer(2, 300, 0, START - 1, 250)
  const oneLowered = offer(1, 41_600, 11, first, 41_900)
  const three = offer(3, 128, 5, first, 127)
  const oneRestocked = offer(1, 41_600, 10, second, 41_900)
  const twoRaised = offer(2, 427, 7, third)

  const polls: Poll[] = [
    [0, [change(one, oneLowered), change(null, three)]],
    [MINUTE_MS, [change(oneLowered, oneRestocked)]],
    [2 * MINUTE_MS, [change(two, twoRaised), change(three, null)]],
  ]
  const bytes = chunkOf([one, two], START, polls)
  t.equal(
    hex(bytes),
    [
      '02', // On sale:
      ...['01', 'acc702', '0c', 'e0d403', '00'],
      ...['02', 'ac02', '00', '01', 'fb01'],
      ...['00', '02'], // The first poll: two changes.
      ...['0a', 'ac02', '0b', 'adc702'], // 1 lowered by 300, from 41,900.
      ...['18', '8001', '05', '8001'], // 3 listed.
      ...['e0d403', '01'], // A minute later: one change.
      ...['0b', '0a'], // 1 restocked.
      ...['c0a907', '02'], // Two minutes later: two changes.
      ...['11', '7f', '07'], // 2 raised by 127.
      '1c', // 3 delisted.
    ].join(''),
  )

  const chunk = new Chunk(START, bytes)
  const events = () => chunk.changed.map(({ event }) => event)
  t.strictSame([chunk.nextAt, onSaleIn(chunk)], [first, [one, two]])
  t.strictSame(readPoll(chunk), polls[0]?.[1])
  t.strictSame(events(), ['changed', 'listed'])
  t.strictSame([chunk.nextAt, onSaleIn(chunk)], [second, [oneLowered, two, three]])
  t.strictSame(readPoll(chunk), polls[1]?.[1])
  t.strictSame(events(), ['changed'])
  t.strictSame([chunk.nextAt, onSaleIn(chunk)], [third, [oneRestocked, two, three]])
  t.strictSame(readPoll(chunk), polls[2]?.[1])
  t.strictSame(events(), ['changed', 'delisted'])
  t.equal(chunk.changed[1]?.price, three.price, 'as it was last')
  t.strictSame([chunk.nextAt, onSaleIn(chunk)], [END, [oneRestocked, twoRaised]])
})

const transitions: [what: string, before: OfferState | null, now: OfferState | null][] = [
  ['listed', null, offer(1, 100, 5)],
  ['listed at 0 with none in stock', null, offer(1, 0, 0)],
  ['back with a prior price', null, offer(1, 100, 5, START, 120)],
  ['listed with the largest figures', null, offer(2 ** 49, MAX, MAX, START, MAX)],
  ['raised', offer(1, 100, 5, 0), offer(1, 101, 5)],
  ['raised to the highest price', offer(1, 0, 5, 0), offer(1, MAX, MAX)],
  ['raised after a reduction, which ends that', offer(1, 80, 5, 0, 100), offer(1, 90, 5)],
  ['lowered', offer(1, 100, 5, 0), offer(1, 99, 0, START, 100)],
  ['lowered without a prior price', offer(1, 100, 5, 0), offer(1, 99, 5)],
  ['lowered to 0, as it was before', offer(1, 100, 5, 0), offer(1, 0, 5, START, 0)],
  ['lowered from the highest price', offer(1, MAX, 5, 0), offer(1, 0, MAX, START, MAX)],
  ['lowered again', offer(1, 80, 5, 0, 100), offer(1, 70, 5, START, 80)],
  ['restocked', offer(1, 100, 5, 0), offer(1, 100, 128)],
  ['sold out', offer(1, 100, 5, 0), offer(1, 100, 0)],
  [
    'restocked with a prior price, which stays',
    offer(1, 80, 5, 0, 100),
    offer(1, 80, 6, START, 100),
  ],
  ['delisted', offer(1, 100, 5, 0), null],
  ['delisted, with the largest figures', offer(2 ** 49, MAX, MAX, 0, MAX), null],
]
for (const [what, before, now] of transitions) {
  t.test(`an offer in the history: ${what}`, async (t) => {
    const chunk = new Chunk(
      START,
      chunkOf(before ? [before] : [], START, [[0, [change(before, now)]]]),
    )
    t.strictSame(readPoll(chunk), [change(before, now)])
    t.strictSame(onSaleIn(chunk), now ? [now] : [])
    t.equal(chunk.nextAt, END)
  })
}

t.test('an opening alone has no polls', async (t) => {
  const chunk = new Chunk(START, encodeOpening([offer(1, 100, 5)], START))
  t.equal(chunk.nextAt, END)
  t.equal(chunk.onSale.length, 1)
})

t.test('a chunk with nothing on sale before it opens with one byte', async (t) => {
  t.equal(hex(encodeOpening([], START)), '00')
  const chunk = new Chunk(START, encodeOpening([], START))
  t.strictSame([chunk.nextAt, chunk.onSale.length], [END, 0])
})

t.test('a poll without changes is read as such', async (t) => {
  t.equal(hex(encodePoll(7, [])), '0700')
  const chunk = new Chunk(
    START,
    chunkOf([], START, [
      [0, []],
      [7, []],
    ]),
  )
  t.strictSame([chunk.nextAt, readPoll(chunk)], [START, []])
  t.strictSame([chunk.nextAt, readPoll(chunk)], [START + 7, []])
  t.equal(chunk.nextAt, END)
})

t.test('an offer that changes with each poll is followed through all of them', async (t) => {
  const polls: Poll[] = []
  let before: OfferState | null = null
  let at = START
  for (let poll = 0; poll < 300; poll++) {
    const ms = poll === 0 ? 0 : 1 + ((poll * 7919) % 100_000)
    at += ms
    const price = (poll * 104_729) % 50_000
    const prior: number | null =
      before !== null && price > before.price ? null : (poll * 31) % 40_000
    const now: OfferState | null = poll % 10 === 9 ? null : offer(5, price, poll % 4, at, prior)
    polls.push([ms, [change(before, now)]])
    before = now
  }
  const chunk = new Chunk(START, chunkOf([], START, polls))
  const found: Poll[] = []
  let last = START
  while (chunk.nextAt < END) {
    const ms = chunk.nextAt - last
    last = chunk.nextAt
    found.push([ms, readPoll(chunk)])
  }
  t.strictSame(found, polls)
})

// Hours.

const priced = (hour: number, rest: Partial<PriceHour> = {}): PriceHour => ({
  hour: DAY * 24 + hour,
  ...{ open: 130, close: 110, low: 100, high: 200 },
  ...{ onSaleMs: HOUR_MS - 300, excess: 20 * HOUR_MS + 100 * 300 },
  end: { price: 110, itemsInStock: 5, lowestPrior: 90 },
  ...rest,
})

const unpriced = (hour: number): PriceHour => ({
  hour: DAY * 24 + hour,
  ...{ open: null, close: null, low: null, high: null },
  ...{ onSaleMs: 0, excess: 0, end: null },
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
    t.strictSame(decodeHours(DAY, encodeHours(hours)), hours)
  })
}

t.test('hours can be added to those of a day as bytes', async (t) => {
  const bytes = Buffer.concat([encodeHours([priced(1), unpriced(2)]), encodeHours([priced(3)])])
  t.strictSame(decodeHours(DAY, bytes), [priced(1), unpriced(2), priced(3)])
})

t.test('hours that are summed up go to the rollups of their days', async (t) => {
  const last = { ...priced(0), hour: DAY * 24 + 23 }
  const next = { ...priced(0), hour: (DAY + 1) * 24 }
  const days = mergeDays([last, next], last.hour * HOUR_MS, () => undefined)
  t.strictSame(
    days.map(([day, bytes]) => [day, decodeHours(day, bytes)]),
    [
      [DAY, [last]],
      [DAY + 1, [next]],
    ],
  )
})

t.test('hours that are summed up again replace those that were stored', async (t) => {
  const stored = encodeHours([priced(1), priced(2), priced(3)])
  const from = (DAY * 24 + 2) * HOUR_MS
  const [merged] = mergeDays([unpriced(2)], from, (day) => (day === DAY ? stored : undefined))
  t.strictSame(decodeHours(DAY, merged?.[1] ?? stored), [priced(1), unpriced(2)])
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

t.test('nothing changed is no bytes', async (t) => {
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
  t.test(`a row of the feed of the kind ${kind} tells of a ${type}`, async (t) => {
    t.equal(kindOf(type), kind)
    t.equal(PRODUCT_CHANGES[kind], type)
  })
}

t.test('a row of the feed for a poll is of no kind of a product', async (t) => {
  t.equal(POLL, 0)
  t.equal(PRODUCT_CHANGES[POLL], undefined)
})

// The lowest price of a product.
