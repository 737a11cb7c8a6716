import t from 'tap'
import { ago, count, counted, date, duration, moment, percent, share } from '../../web/format.ts'
import { firstOf, quoted } from '../../web/quoted.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

t.test('a whole number has its thousands apart, and none is a dash', async (t) => {
  t.match(count(1_234_567), /^1.234.567$/)
  t.equal(count(0), '0')
  t.equal(count(null), '–')
  t.equal(count(undefined), '–')
  t.match(count(1_234.5), /^1.234[.,]5$/)
})

t.test('things are counted in the singular or the plural', async (t) => {
  t.equal(counted(1, 'product'), '1 product')
  t.equal(counted(0, 'product'), '0 products')
  t.match(counted(2000, 'offer'), /^2.000 offers$/)
})

t.test('a change has its sign, and none is a dash', async (t) => {
  t.match(percent(12.345), /^\+12[.,]3[45] %$/)
  t.match(percent(-5), /^-5[.,]0 %$/)
  t.match(percent(0), /^0[.,]0 %$/)
  t.equal(percent(null), '–')
})

t.test('a share is rounded down, and none is a dash', async (t) => {
  t.equal(share(1), '100 %')
  t.match(share(0.99999), /^99[.,]9 %$/)
  t.equal(share(0), '0 %')
  t.equal(share(null), '–')
})

t.test('a date leaves out the time', async (t) => {
  t.match(date('2026-11-22T08:00:30.000Z'), /2026/)
  t.notMatch(date('2026-11-22T08:00:30.000Z'), /:/)
})

t.test('a moment is the same as a time and as a number', async (t) => {
  const time = '2026-11-22T08:00:00.000Z'
  t.match(moment(time), /2026/)
  t.equal(moment(time), moment(Date.parse(time)))
})

const durations: [ms: number, text: string][] = [
  [-5, '0 s'],
  [0, '0 s'],
  [999, '0 s'],
  [SECOND, '1 s'],
  [59_999, '59 s'],
  [MINUTE, '1 min'],
  [HOUR - 1, '59 min'],
  [HOUR, '1 h'],
  [24 * HOUR - 1, '23 h'],
  [24 * HOUR, '1 d'],
  [500 * 24 * HOUR, '500 d'],
]
for (const [ms, text] of durations) {
  t.test(`${ms} ms are ${text}`, async (t) => {
    t.equal(duration(ms), text)
  })
}

t.test('a moment is so long ago or so far ahead, or never was', async (t) => {
  const time = '2026-11-22T08:00:00.000Z'
  t.equal(ago(time, Date.parse(time) + 90 * SECOND), '1 min ago')
  t.equal(ago(time, Date.parse(time) - 5 * SECOND), '0 s ago')
  t.equal(ago(time, Date.parse(time) - 90 * SECOND), '1 min in the future')
  t.equal(ago(null, 0), 'never')
})

t.test('a long name is quoted in part, and no character is cut in two', async (t) => {
  t.equal(quoted('Mower'), '“Mower”')
  t.equal(quoted('🛒'.repeat(60)), `“${'🛒'.repeat(60)}”`)
  t.equal(quoted(`a${'🛒'.repeat(60)}`), `“a${'🛒'.repeat(58)}…”`)
  t.equal(firstOf('a🛒🛒', 2), 'a🛒')
})
