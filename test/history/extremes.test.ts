import t from 'tap'
import { type Extremes, withPrice, withSegments } from '../../history/extremes.ts'
import { standing } from '../../history/segment.ts'

const KNOWN: Extremes = { low: { price: 50, at: 1 }, high: { price: 90, at: 2 } }

const cases: [what: string, known: Extremes | null, price: number | null, after: object | null][] =
  [
    ['no price before the first', null, null, null],
    ['the first price', null, 7, { low: { price: 7, at: 9 }, high: { price: 7, at: 9 } }],
    ['no price', KNOWN, null, KNOWN],
    ['a lower price', KNOWN, 49, { low: { price: 49, at: 9 }, high: KNOWN.high }],
    ['a higher price', KNOWN, 91, { low: KNOWN.low, high: { price: 91, at: 9 } }],
    ['a price in between', KNOWN, 60, KNOWN],
    ['the lowest price again', KNOWN, 50, KNOWN],
    ['the highest price again', KNOWN, 90, KNOWN],
    ['nothing to pay', KNOWN, 0, { low: { price: 0, at: 9 }, high: KNOWN.high }],
  ]
for (const [what, known, price, after] of cases) {
  t.test(`extremes after ${what}`, async (t) => {
    t.strictSame(withPrice(known, price, 9), after)
  })
}

t.test('extremes of segments begin with those that have a price', async (t) => {
  const hour = { ...standing(10, 20, 60, 1), low: 40, high: 95 }
  t.strictSame(withSegments(null, [standing(0, 10, null, null), hour, standing(20, 30, 41, 1)]), {
    low: { price: 40, at: 10 },
    high: { price: 95, at: 10 },
  })
  t.strictSame(withSegments(KNOWN, []), KNOWN)
})
