import t from 'tap'
import { HOUR_MS } from '../../history/time.ts'
import { type Extent, extentOf, lastOf, partsOf } from '../../history/window-parts.ts'

const h = (hours: number) => hours * HOUR_MS

const EXTENTS: [what: string, firstPoll: number, rolledUntil: number, rawFrom: number][] = [
  ['all polls are kept', h(1), h(9), 0],
  ['the first polls are deleted', h(4.5), h(9), h(5)],
  ['what is rolled up ends before the first poll that is kept', h(8), h(7), h(7)],
]
for (const [what, firstPoll, rolledUntil, rawFrom] of EXTENTS) {
  t.test(`where ${what}, polls tell the history from ${rawFrom / HOUR_MS} h`, async (t) => {
    const firstSeenAt = h(1)
    t.strictSame(extentOf({ firstSeenAt, rolledUntil, firstPoll }), {
      ...{ firstSeenAt, rolledUntil, rawFrom },
    })
  })
}

const EXTENT: Extent = { firstSeenAt: h(1), rolledUntil: h(9), rawFrom: h(5) }
const polls = (from: number, until: number, last = until - 1) => ({
  ...{ from, until, last, rolled: false },
})
const rolled = (from: number, until: number) => ({ from, until, last: until - 1, rolled: true })

const WINDOWS: [what: string, from: number, to: number, byHour: boolean, parts: object[]][] = [
  ['of polls alone', h(6), h(8), false, [polls(h(6), h(8), h(8))]],
  ['of hours alone', h(1.5), h(4), false, [rolled(h(1.5), h(4)), polls(h(4), h(4), h(9))]],
  ['of both', h(2), h(8), false, [rolled(h(2), h(5)), polls(h(5), h(8), h(8))]],
  [
    'by hours, between two that are not full',
    h(5.5),
    h(8.5),
    true,
    [polls(h(5.5), h(6)), rolled(h(6), h(8)), polls(h(8), h(8.5), h(8.5))],
  ],
  ['that ends before it begins', h(8), h(6), false, []],
]
for (const [what, from, to, byHour, parts] of WINDOWS) {
  t.test(`the parts of a window ${what}`, async (t) => {
    const last = what === 'of hours alone' ? h(9) : to
    t.strictSame(partsOf(EXTENT, { from, to, byHour, last }), parts)
  })
}

t.test('in the present all changes count, in the past those until then', async (t) => {
  t.equal(lastOf(5, 6), 5)
  t.equal(lastOf(6, 6), Number.MAX_SAFE_INTEGER)
})
