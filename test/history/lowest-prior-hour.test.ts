import t from 'tap'
import { lowestPastPrice, type PastPrice, PRIOR_WINDOW_MS } from '../../history/lowest-prior.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import { randomOf } from '../random.ts'
import { HOUR, Offer, type Price, START } from './priced-offer.ts'

const partial: [
  what: string,
  past: PastPrice[],
  /** Of the hour `HOUR`, in which the 30 days begin. */
  minute: number,
  /** The result of the lookup in the history. */
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

const OFFERS = 3000
const CHANGES = 30

t.test('thousands of offers: it is the lowest of all their prices', async (t) => {
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
