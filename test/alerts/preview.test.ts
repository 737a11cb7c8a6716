import t from 'tap'
import { lookBack, preview } from '../../alerts/preview.ts'
import { standing } from '../../history/segment.ts'
import { DAY_MS, HOUR_MS } from '../../history/time.ts'
import { type Condition, type Rule, windowMs } from '../../schemas/alert-rules.ts'

const rule = (condition: Condition, more: Partial<Rule> = {}): Rule => ({
  ...{ condition, rearm_percent: 0, cooldown_s: 0, fire_if_true: false },
  ...more,
})

const HOUR = 3600
const STALE: Condition = { type: 'stale', for_s: HOUR }

/** The hours at which a rule about staleness fires, by the hours of its runs of good polls. */
function staleHours(watched: Rule, runs: [number, number][], from = 0, to = 24): number[] {
  const covered = runs.map(([since, until]) => ({ since: since * HOUR_MS, until: until * HOUR_MS }))
  const window = { from: from * HOUR_MS, to: to * HOUR_MS, gapMs: 180_000 }
  const { sightings } = preview(watched, { segments: [], covered, rawFrom: 0 }, window)
  return sightings.map(({ at }) => at / HOUR_MS)
}

const STALE_CASES: [
  name: string,
  rule: Rule,
  runs: [number, number][],
  from: number,
  hours: number[],
][] = [
  [
    'fires once in each gap',
    rule(STALE),
    [
      [0, 2],
      [4, 6],
      [9, 24],
    ],
    0,
    [3, 7],
  ],
  [
    'does not fire in a gap that is short enough',
    rule(STALE),
    [
      [0, 2],
      [3, 24],
    ],
    0,
    [],
  ],
  ['does not fire for a product that was never polled', rule(STALE), [], 0, []],
  ['fires in the last gap', rule(STALE), [[0, 22]], 0, [23]],
  [
    'does not fire for what was stale at creation',
    rule(STALE),
    [
      [0, 2],
      [8, 24],
    ],
    5,
    [],
  ],
  [
    'fires at creation if asked to',
    rule(STALE, { fire_if_true: true }),
    [
      [0, 2],
      [8, 24],
    ],
    5,
    [5],
  ],
  [
    'does not fire for a gap before creation',
    rule(STALE, { fire_if_true: true }),
    [
      [0, 2],
      [4, 24],
    ],
    5,
    [],
  ],
  [
    'cools down',
    rule(STALE, { cooldown_s: 5 * HOUR }),
    [
      [0, 2],
      [4, 6],
      [9, 12],
    ],
    0,
    [3, 13],
  ],
  [
    'counts no less than the gap that polls may have',
    rule({ type: 'stale', for_s: 1 }),
    [
      [0, 2],
      [4, 24],
    ],
    0,
    [2.05],
  ],
]

for (const [name, watched, runs, from, hours] of STALE_CASES) {
  t.test(`stale ${name}`, async (t) => t.strictSame(staleHours(watched, runs, from), hours))
}

t.test('a summary of an hour tells that a price was reached in it', async (t) => {
  const hour = { ...standing(HOUR_MS, 2 * HOUR_MS, 120, 1), low: 90, high: 130 }
  const segments = [standing(0, HOUR_MS, 110, 1), hour]
  const history = { segments, covered: [], rawFrom: 2 * HOUR_MS }
  const at = (condition: Condition, from = 0) => {
    const { sightings, resolution } = preview(rule(condition), history, {
      from,
      to: DAY_MS,
      gapMs: 1,
    })
    return [resolution, ...sightings.map(({ price }) => price)]
  }
  t.strictSame(at({ type: 'price_below', price: 100 }), ['hour', 90])
  t.strictSame(at({ type: 'price_above', price: 125 }), ['hour', 130])
  t.strictSame(at({ type: 'out_of_stock' }), ['hour'])
  t.strictSame(at({ type: 'out_of_stock' }, DAY_MS), ['raw'])
})

t.test('changes after the end do not count', async (t) => {
  const segments = [standing(0, 10, 110, 1), standing(10, 20, 90, 1)]
  const history = { segments, covered: [], rawFrom: 0 }
  const watched = rule({ type: 'price_below', price: 100 })
  t.strictSame(preview(watched, history, { from: 0, to: 9, gapMs: 1 }).sightings, [])
  t.equal(preview(watched, history, { from: 0, to: 10, gapMs: 1 }).sightings.length, 1)
})

t.test('a window is as long as it says', async (t) => {
  t.strictSame(['90m', '24h', '7d', 'all'].map(windowMs), [
    1.5 * HOUR_MS,
    DAY_MS,
    7 * DAY_MS,
    Number.POSITIVE_INFINITY,
  ])
  t.equal(lookBack(rule({ type: 'drop', percent: 1, window: '1h' }), DAY_MS), 23 * HOUR_MS)
  t.equal(lookBack(rule({ type: 'new_low', window: 'all' }), DAY_MS), 0)
  t.equal(lookBack(rule(STALE), DAY_MS), DAY_MS)
})
