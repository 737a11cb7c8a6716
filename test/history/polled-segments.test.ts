import t from 'tap'
import { joinedSegments, polledSegments } from '../../history/polled-segments.ts'
import { type Segment, standing } from '../../history/segment.ts'
import { LOWEST } from '../../history/series.ts'
import { cursorOver, type Prices } from './cursor.ts'

const OPENING: Prices = { 1: 100, 2: 150 }
const POLLS: [at: number, prices: Prices][] = [
  [10, { 1: 90, 2: 150 }],
  [20, { 2: 150 }],
  [30, { 2: 140, 3: 200 }],
  [50, { 2: 140, 3: 200, 4: 9 }],
  [60, { 2: 140, 3: 200 }],
]

const brief = (segments: Segment[]) =>
  segments.map(({ from, until, close }) => [from, until, close])

const cases: [
  what: string,
  series: number,
  window: [from: number, until: number, last: number],
  expected: [from: number, until: number, price: number | null][],
][] = [
  [
    'the lowest price changes with the offers',
    LOWEST,
    [0, 40, 39],
    [
      [0, 10, 100],
      [10, 20, 90],
      [20, 30, 150],
      [30, 40, 140],
    ],
  ],
  [
    'an offer is delisted',
    1,
    [0, 40, 39],
    [
      [0, 10, 100],
      [10, 20, 90],
      [20, 40, null],
    ],
  ],
  [
    'an offer stands while others change',
    2,
    [0, 40, 39],
    [
      [0, 30, 150],
      [30, 40, 140],
    ],
  ],
  [
    'a change at the end has no length',
    2,
    [0, 30, 30],
    [
      [0, 30, 150],
      [30, 30, 140],
    ],
  ],
  [
    'a change in the future counts as of now',
    2,
    [0, 25, 99],
    [
      [0, 25, 150],
      [25, 25, 140],
    ],
  ],
  // The model of test/replay took such a change for one, of which a trend had to have an empty bucket.
  ['changes in the future that leave things as they are are none', 4, [0, 25, 99], [[0, 25, null]]],
  ['an offer that is listed later is not on sale', 3, [0, 25, 24], [[0, 25, null]]],
]
for (const [what, series, [from, until, last], expected] of cases) {
  t.test(`segments of polls: ${what}`, async (t) => {
    const cursor = cursorOver(from, OPENING, POLLS, Math.min(until, last))
    t.same(brief(polledSegments(cursor, series, { from, until, last })), expected)
  })
}

t.test('all who were on sale in a window are noted', async (t) => {
  const noted: [number, number][] = []
  const part = { from: 0, until: 40, last: 39 }
  polledSegments(cursorOver(0, OPENING, POLLS, 39), LOWEST, part, ({ number, price }) =>
    noted.push([number, price]),
  )
  t.same(
    noted.map(([number]) => number),
    [1, 2, 1, 3, 2, 3, 2, 3],
  )
  t.same(noted.slice(-2), [
    [2, 140],
    [3, 200],
  ])
})

const parts: [what: string, last: Segment, expected: number][] = [
  ['as it stood before', standing(10, 10, 5, 1), 1],
  ['at another price', standing(10, 10, 6, 1), 2],
  ['with another stock', standing(10, 10, 5, 2), 2],
  ['after a gap', standing(11, 11, 5, 1), 2],
  ['for a time', standing(10, 12, 5, 1), 2],
]
for (const [what, last, expected] of parts) {
  t.test(`the end of a window is a segment of its own or not: ${what}`, async (t) => {
    t.equal(joinedSegments([[standing(0, 10, 5, 1)], [last]]).length, expected)
  })
}

t.test('a window of one segment keeps it', async (t) => {
  t.equal(joinedSegments([[standing(10, 10, 5, 1)], []]).length, 1)
})
