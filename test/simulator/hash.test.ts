import t from 'tap'
import { fraction, mix, mixText } from '../../simulator/hash.ts'

t.test('hashes are unsigned 32-bit integers', async (t) => {
  for (const value of [0, 1, -1, 2 ** 31, 2 ** 32 - 1, 2 ** 40]) {
    const hash = mix(value, value)
    t.ok(Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32, `${value} → ${hash}`)
  }
})

t.test('different integers give different hashes', async (t) => {
  // Each step is a bijection of 32 bits, so that a collision here would be an error of the formula.
  const hashes = new Set(Array.from({ length: 100_000 }, (_, value) => mix(7, value)))
  t.equal(hashes.size, 100_000)
})

t.test('one changed bit changes about half of the bits', async (t) => {
  let changed = 0
  for (let value = 0; value < 1000; value++) {
    for (let bit = 0; bit < 32; bit++) {
      const difference = mix(7, value) ^ mix(7, value ^ (1 << bit))
      changed += (difference >>> 0).toString(2).replaceAll('0', '').length
    }
  }
  const share = changed / (1000 * 32 * 32)
  t.ok(share > 0.49 && share < 0.51, String(share))
})

t.test('fractions of consecutive integers are spread evenly', async (t) => {
  const buckets = new Array(10).fill(0)
  for (let value = 0; value < 100_000; value++) buckets[Math.floor(fraction(7, value) * 10)]++
  for (const count of buckets) t.ok(count > 9_500 && count < 10_500, String(count))
})

const pairs: [string, string][] = [
  ['', 'a'],
  ['ab', 'ba'],
  ['a', 'a\u0000'],
  ['sekačka', 'sekacka'],
]
for (const [one, other] of pairs) {
  t.test(`${JSON.stringify(one)} and ${JSON.stringify(other)} differ`, async (t) => {
    t.not(mixText(0, one), mixText(0, other))
    t.equal(mixText(0, one), mixText(0, one))
    t.not(mixText(0, one), mixText(1, one))
  })
}
