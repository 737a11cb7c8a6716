import t from 'tap'
import { type PastPrice, type PastPrices, withPastPrice } from '../../history/lowest-prior.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import { HOUR, Offer, type Price, START } from './priced-offer.ts'

const examples: [what: string, steps: [day: number, price: Price][], expected: Price][] = [
  ['the first price', [[0, 100]], null],
  [
    'a reduction: the reduced price does not count itself',
    [
      [0, 100],
      [5, 80],
    ],
    100,
  ],
  [
    'a reduction after a rise: 80, 100, 90',
    [
      [0, 80],
      [1, 100],
      [2, 90],
    ],
    80,
  ],
  [
    'a reduction after rises and drops',
    [
      [0, 90],
      [1, 70],
      [2, 120],
      [3, 110],
    ],
    70,
  ],
  [
    'the first reduction of a sale',
    [
      [0, 60],
      [1, 100],
      [25, 80],
    ],
    60,
  ],
  [
    'the second one of it, which looks back from its own start',
    [
      [0, 60],
      [1, 100],
      [25, 80],
      [35, 70],
    ],
    80,
  ],
  [
    'the second one after more than 30 days of the first',
    [
      [0, 100],
      [10, 80],
      [50, 70],
    ],
    80,
  ],
  [
    'a price in force since long before the 30 days',
    [
      [0, 100],
      [400, 90],
    ],
    100,
  ],
  [
    'a price in force since before the 30 days that ended in them',
    [
      [0, 80],
      [75, 100],
      [100, 90],
    ],
    80,
  ],
  [
    'a price that ended before the 30 days',
    [
      [0, 80],
      [69, 100],
      [100, 90],
    ],
    100,
  ],
  [
    'a price that ended as the 30 days began',
    [
      [0, 80],
      [70, 100],
      [100, 90],
    ],
    100,
  ],
  [
    'a price that ended a millisecond later',
    [
      [0, 80],
      [70 + 1 / DAY_MS, 100],
      [100, 90],
    ],
    80,
  ],
  [
    'an offer back after more than 30 days: time delisted does not count',
    [
      [0, 80],
      [10, null],
      [45, 70],
    ],
    null,
  ],
  [
    'an offer back within 30 days',
    [
      [0, 80],
      [10, null],
      [30, 70],
    ],
    80,
  ],
  [
    'a reduction after coming back: the price before it was delisted is too old',
    [
      [0, 80],
      [10, null],
      [39, 100],
      [41, 90],
    ],
    100,
  ],
  [
    'a reduction after coming back: the price before it was delisted still counts',
    [
      [0, 80],
      [12, null],
      [39, 100],
      [41, 90],
    ],
    80,
  ],
  [
    'an offer that was free',
    [
      [0, 0],
      [1, 100],
      [2, 50],
    ],
    0,
  ],
  [
    'the highest prices there are',
    [
      [0, Number.MAX_SAFE_INTEGER],
      [1, Number.MAX_SAFE_INTEGER - 1],
    ],
    Number.MAX_SAFE_INTEGER,
  ],
]
for (const [what, steps, expected] of examples) {
  t.test(`the lowest price before: ${what}`, async (t) => {
    const offer = new Offer()
    let at = START
    for (const [day, price] of steps) {
      at = START + day * DAY_MS
      offer.change(at, price)
    }
    t.equal(offer.lowestBefore(at), expected)
  })
}

const additions: [
  what: string,
  past: [hour: number, price: number][],
  price: number,
  minute: number,
  expected: [hour: number, price: number][],
][] = [
  ['the first one', [], 100, 30, [[0, 100]]],
  ['one that ended with the hour', [], 100, 60, [[0, 100]]],
  ['one that ended a millisecond later', [], 100, 60 + 1 / MINUTE_MS, [[1, 100]]],
  [
    'a higher one, beside the lower ones',
    [[0, 100]],
    110,
    90,
    [
      [0, 100],
      [1, 110],
    ],
  ],
  ['an equal one, which is the later', [[0, 100]], 100, 90, [[1, 100]]],
  [
    'a lower one, which ousts the higher ones',
    [
      [0, 80],
      [1, 100],
      [2, 120],
    ],
    90,
    210,
    [
      [0, 80],
      [3, 90],
    ],
  ],
  [
    'the lowest one, which ousts all',
    [
      [0, 80],
      [1, 100],
    ],
    0,
    150,
    [[2, 0]],
  ],
  ['a higher one of the same hour', [[0, 100]], 110, 30, [[0, 100]]],
  ['a lower one of the same hour', [[0, 100]], 90, 30, [[0, 90]]],
  [
    'one that is between those of the same hour and of the one before',
    [
      [0, 80],
      [1, 100],
    ],
    90,
    90,
    [
      [0, 80],
      [1, 90],
    ],
  ],
  [
    'a higher one, 30 days later to the hour: the first hour is in the 30 days in part',
    [[0, 100]],
    110,
    30 * 24 * 60 + 59,
    [
      [0, 100],
      [720, 110],
    ],
  ],
  ['a higher one, more than 30 days later', [[0, 100]], 110, 30 * 24 * 60 + 60, [[720, 110]]],
]
for (const [what, past, price, minute, expected] of additions) {
  t.test(`a past price is added: ${what}`, async (t) => {
    const list = (prices: [hour: number, price: number][]): PastPrice[] =>
      prices.map(([hour, price]) => ({ hour: HOUR + hour, price }))
    const before = list(past)
    const found = withPastPrice(before, price, START + minute * MINUTE_MS)
    t.strictSame(found, list(expected))
    t.strictSame(before, list(past), 'what was given stays as it was')
  })
}

t.test('a price that rises for ever is kept for the hours of 30 days alone', async (t) => {
  let past: PastPrices = []
  for (let hour = 0; hour < 60 * 24; hour++) {
    past = withPastPrice(past, hour, START + hour * HOUR_MS + 30 * MINUTE_MS)
  }
  t.equal(past.length, 30 * 24 + 1)
  t.strictSame(past.at(-1), { hour: HOUR + 60 * 24 - 1, price: 60 * 24 - 1 })
})
