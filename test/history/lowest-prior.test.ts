import t from 'tap'
import {
  lowestPastPrice,
  type PastPrice,
  type PastPrices,
  PRIOR_WINDOW_MS,
  withPastPrice,
} from '../../history/lowest-prior.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../history/time.ts'

/** A full hour, in hours since 1970 and in ms. */
const HOUR = 490_896
const START = HOUR * HOUR_MS

type Price = number | null

/** A price that stood from one moment to another, not included. */
interface Stood {
  from: number
  until: number
  price: number
}

/** An offer and all that it ever cost, to find by brute force what the module has to find. */
class Model {
  readonly #stood: Stood[] = []

  add(stood: Stood): void {
    this.#stood.push(stood)
  }

  lowestBetween(from: number, to: number): Price {
    const prices = this.#stood
      .filter((stood) => stood.from < to && stood.until > from)
      .map(({ price }) => price)
    return prices.length > 0 ? Math.min(...prices) : null
  }
}

/** An offer whose price changes as time goes by, with its past prices kept as the store does. */
class Offer {
  readonly model = new Model()
  /** What is under test. */
  past: PastPrices = []
  /** The windows that were looked up in the history. */
  readonly looked: { from: number; to: number }[] = []
  #price: Price = null
  #since = 0

  /** From `at` on it costs this, or is not on sale. */
  change(at: number, price: Price): void {
    if (this.#price !== null) {
      this.model.add({ from: this.#since, until: at, price: this.#price })
      this.past = withPastPrice(this.past, this.#price, at)
    }
    this.#price = price
    this.#since = at
  }

  lowestBefore(at: number): Price {
    return lowestPastPrice(this.past, at, (from, to) => {
      this.looked.push({ from, to })
      return this.model.lowestBetween(from, to)
    })
  }
}

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

const partial: [
  what: string,
  past: PastPrice[],
  /** Of the hour `HOUR`, in which the 30 days begin. */
  minute: number,
  /** What the history tells. */
  found: Price,
  looked: boolean,
  expected: Price,
][] = [
  ['nothing is known', [], 30, 5, false, null],
  ['a price of that hour was too early', [{ hour: HOUR, price: 50 }], 30, null, true, null],
  ['a price of that hour was not', [{ hour: HOUR, price: 50 }], 30, 50, true, 50],
  ['another one of that hour was not', [{ hour: HOUR, price: 50 }], 30, 70, true, 70],
  [
    'a later price is lower than what the hour had left',
    [
      { hour: HOUR, price: 50 },
      { hour: HOUR + 9, price: 60 },
    ],
    30,
    70,
    true,
    60,
  ],
  [
    'the hour had left a lower one',
    [
      { hour: HOUR, price: 50 },
      { hour: HOUR + 9, price: 60 },
    ],
    30,
    55,
    true,
    55,
  ],
  [
    'the hour had left a price of 0',
    [
      { hour: HOUR, price: 0 },
      { hour: HOUR + 9, price: 60 },
    ],
    30,
    0,
    true,
    0,
  ],
  [
    'no low price ended in that hour',
    [
      { hour: HOUR - 1, price: 40 },
      { hour: HOUR + 1, price: 60 },
    ],
    30,
    5,
    false,
    60,
  ],
  ['the 30 days begin with the hour', [{ hour: HOUR, price: 50 }], 0, 50, true, 50],
  ['they begin with the hour before its price', [{ hour: HOUR - 1, price: 50 }], 0, 5, false, null],
]
for (const [what, past, minute, found, looked, expected] of partial) {
  t.test(`the hour in which the 30 days begin: ${what}`, async (t) => {
    const from = START + minute * MINUTE_MS
    const calls: [from: number, to: number][] = []
    const lowest = lowestPastPrice(past, from + PRIOR_WINDOW_MS, (from, to) => {
      calls.push([from, to])
      return found
    })
    t.equal(lowest, expected)
    t.strictSame(calls, looked ? [[from, START + HOUR_MS]] : [])
  })
}

/** Pseudo-random numbers, the same ones each time: integers from 0 to `below`, not included. */
function randomOf(seed: number) {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const OFFERS = 3000
const CHANGES = 30

t.test('thousands of offers: it is what all their prices tell', async (t) => {
  const random = randomOf(1)
  const wrong: string[] = []
  const seen = { none: 0, looked: 0, decided: 0, fullHours: 0 }
  for (let seed = 0; seed < OFFERS; seed++) {
    const offer = new Offer()
    let at = START + random(DAY_MS)
    for (let change = 0; change < CHANGES; change++) {
      const price = random(6) === 0 ? null : random(12)
      offer.change(at, price)
      const looked = offer.looked.length
      const expected = offer.model.lowestBetween(at - PRIOR_WINDOW_MS, at)
      const found = offer.lowestBefore(at)
      if (found !== expected) wrong.push(`${seed}/${change}: ${found}, not ${expected}`)
      if (expected === null) seen.none++
      if (at % HOUR_MS === 0) seen.fullHours++
      if (offer.looked.length > looked) {
        seen.looked++
        if (found !== lowestPastPrice(offer.past, at, () => null)) seen.decided++
      }
      at = nextAt(at)
    }
    for (const [index, { hour, price }] of offer.past.entries()) {
      const before = offer.past[index - 1]
      if (before && (before.hour >= hour || before.price >= price)) wrong.push(`${seed}: order`)
    }
    for (const { from, to } of offer.looked) {
      if (to <= from || to - from > HOUR_MS || to % HOUR_MS > 0)
        wrong.push(`${seed}: ${from}-${to}`)
    }
  }

  /** Some milliseconds to more than 30 days later, often where two hours or the 30 days meet. */
  function nextAt(at: number): number {
    switch (random(9)) {
      case 0:
        return at + 1
      case 1:
        return at + 1 + random(30 * MINUTE_MS)
      case 2:
        return at + HOUR_MS
      case 3:
        return (Math.floor(at / HOUR_MS) + 1 + random(24)) * HOUR_MS
      case 4:
        return (Math.floor(at / HOUR_MS) + 1 + random(240)) * HOUR_MS + random(3) - 1
      case 5:
        return at + 1 + random(5 * DAY_MS)
      case 6:
        return at + 1 + random(20 * DAY_MS)
      case 7:
        return at + PRIOR_WINDOW_MS + random(3) - 1
      default:
        return at + PRIOR_WINDOW_MS - random(2 * HOUR_MS)
    }
  }

  t.strictSame(wrong.slice(0, 5), [])
  // Else they would show nothing of these.
  for (const [what, count] of Object.entries(seen)) t.ok(count > 1000, `${what}: ${count}`)
})
