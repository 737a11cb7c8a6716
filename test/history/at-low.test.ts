import t from 'tap'
import { isAtLow, knownLowSince } from '../../history/at-low.ts'

for (const [what, price, low, high, wanted] of [
  ['the lowest of the window', 5, 5, 9, true],
  ['lower than the window before it', 4, 5, 9, true],
  ['higher than the lowest', 6, 5, 9, false],
  ['the same all the time', 5, 5, 5, false],
  ['none', null, 5, 9, false],
  ['the first', 5, null, null, false],
] as const) {
  t.test(`whether a price is at its low: ${what}`, async (t) => {
    t.equal(isAtLow(price, { low, high }), wanted)
  })
}

for (const [what, price, since, now, wanted] of [
  ['reached since then', 8, 100, 100, 5],
  ['reached before, and again now', 5, 101, 200, 5],
  ['reached before, and only the history tells of later prices', 8, 101, 200, undefined],
  ['reached in the future, and only the history tells of others', 8, 50, 99, undefined],
  ['reached in the future, and again now', 5, 50, 99, 5],
  ['of all time, reached in the future', 8, 0, 99, 5],
] as const) {
  t.test(`the lowest price since a time: ${what}`, async (t) => {
    const extremes = { low: { price: 5, at: 100 }, high: { price: 9, at: 50 } }
    t.equal(knownLowSince(extremes, price, since, now), wanted)
  })
}
