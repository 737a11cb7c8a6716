/** When an alert fires: the faults that other price trackers have, one by one, and random paths against a model. */
import t from 'tap'
import { type Sighting, Watch } from '../../alerts/watch.ts'
import { MINUTE_MS } from '../../history/time.ts'
import type { Condition, Rule } from '../../schemas/alert-rules.ts'
import { randomOf } from '../random.ts'

const rule = (condition: Condition, more: Partial<Rule> = {}): Rule => ({
  ...{ condition, rearm_percent: 0, cooldown_s: 0, fire_if_true: false },
  ...more,
})

type Price = number | null

/** The minutes at which an alert fires on prices, one a minute; undefined: none was ever seen. It watches from minute 1. */
function firings(watched: Rule, [before, ...prices]: (Price | undefined)[]): number[] {
  const watch = new Watch(watched)
  const found: (Sighting | undefined)[] = []
  if (before !== undefined) watch.recall(0, before)
  found.push(watch.begin(MINUTE_MS - 1))
  for (const [index, price] of prices.entries()) {
    if (price !== undefined) found.push(watch.next((index + 1) * MINUTE_MS, price))
  }
  return found.flatMap((sighting) => (sighting ? Math.floor(sighting.at / MINUTE_MS) : []))
}

const BELOW: Condition = { type: 'price_below', price: 100 }
const DROP: Condition = { type: 'drop', percent: 10, window: '3m' }

const CASES: [name: string, rule: Rule, prices: (Price | undefined)[], minutes: number[]][] = [
  ['does not fire again at each poll', rule(BELOW), [120, 90, 90, 90, 80], [1]],
  ['does not fire at the first observation', rule(BELOW), [undefined, 90, 90], []],
  ['does not miss the second crossing', rule(BELOW), [120, 90, 110, 90], [1, 3]],
  ['does not fire on failed polls, which see nothing', rule(BELOW), [120, 90, undefined, 90], [1]],
  ['fires once after an outage', rule(BELOW), [120, undefined, undefined, 90, 90], [3]],
  ['does not fire for what was true at creation', rule(BELOW), [90, 80, 110, 90], [3]],
  ['fires at creation if asked to', rule(BELOW, { fire_if_true: true }), [90, 80], [0]],
  [
    'fires at the first observation if asked to',
    rule(BELOW, { fire_if_true: true }),
    [undefined, 90],
    [1],
  ],
  ['fires when a product that was sold out at creation is cheap', rule(BELOW), [null, 90], [1]],
  ['is not armed by being sold out', rule(BELOW), [120, 90, null, 90], [1]],
  [
    'is armed by the margin alone',
    rule(BELOW, { rearm_percent: 10 }),
    [120, 90, 109, 90, 110, 90],
    [1, 5],
  ],
  ['cools down', rule(BELOW, { cooldown_s: 180 }), [120, 90, 110, 90, 110, 90, 110, 90], [1, 5]],
  [
    'does not take a fall to nothing for a rise, and fires for what follows',
    rule({ type: 'rise', percent: 10, window: '3m' }),
    [100, 0, 0, 1],
    [3],
  ],
  [
    'does not take a price of nothing for a drop',
    rule(DROP),
    [5, null, null, null, null, 0, 1, 0],
    [7],
  ],
  [
    'fires above a price',
    rule({ type: 'price_above', price: 100 }),
    [90, 100, 101, 100, 102],
    [2, 4],
  ],
  [
    'is armed again above a price',
    rule({ type: 'price_above', price: 100 }, { rearm_percent: 10 }),
    [90, 101, 95, 101, 90, 101],
    [1, 5],
  ],
  ['fires for a drop in steps', rule(DROP), [100, 95, 90], [2]],
  ['forgets what left the window', rule(DROP), [100, 95, 95, 95, 95, 90], []],
  [
    'is armed again when the drop leaves the window',
    rule(DROP),
    [100, 90, 90, 90, 90, 90, 81],
    [1, 6],
  ],
  [
    'fires for an absolute drop',
    rule({ type: 'drop', absolute: 7, window: '3m' }),
    [100, 94, 93],
    [2],
  ],
  ['fires for a rise', rule({ type: 'rise', percent: 10, window: '3m' }), [100, 109, 110], [2]],
  [
    'fires for an absolute rise',
    rule({ type: 'rise', absolute: 5, window: '3m' }),
    [100, 104, 105],
    [2],
  ],
  [
    'fires at each new low',
    rule({ type: 'new_low', window: 'all' }),
    [100, 90, 95, 90, 89],
    [1, 4],
  ],
  [
    'fires at a new low after a margin',
    rule({ type: 'new_low', window: 'all' }, { rearm_percent: 10 }),
    [100, 90, 80, 88, 79],
    [1, 4],
  ],
  [
    'knows no new low without an earlier price',
    rule({ type: 'new_low', window: '30d' }),
    [undefined, 90, 95],
    [],
  ],
  ['fires when back in stock', rule({ type: 'back_in_stock' }), [5, null, 5, 6, null, 7], [2, 5]],
  ['fires when out of stock', rule({ type: 'out_of_stock' }), [5, null, null, 6, null], [1, 4]],
  [
    'does not fire when it is out of stock at first',
    rule({ type: 'out_of_stock' }),
    [undefined, null, 6, null],
    [3],
  ],
]

for (const [name, watched, prices, minutes] of CASES) {
  t.test(name, async (t) => {
    t.strictSame(firings(watched, prices), minutes)
  })
}

t.test('says what it saw', async (t) => {
  const watch = new Watch(rule(DROP))
  watch.recall(0, 100)
  watch.begin(1)
  t.strictSame(watch.next(2, 80), { at: 2, price: 80, previousPrice: 100, reference: 100 })
  t.strictSame(watch.state, { armed: false, firedAt: 2 })
})

/** The minutes at which a rule about a window fires, by looking at all prices of the window each minute. */
function model({ condition, rearm_percent, cooldown_s }: Rule, prices: number[]): number[] {
  if (!('window' in condition)) throw new Error('the model is of windows')
  const length = Number.parseInt(condition.window, 10) || Number.POSITIVE_INFINITY
  function judge(prices: number[], price: number, last: number): 'true' | 'clear' | 'unclear' {
    const seen = prices.slice(Math.max(0, last - length))
    const sign = condition.type === 'rise' ? -1 : 1
    const best =
      condition.type === 'drop'
        ? Math.max(...seen, price)
        : Math.min(...seen, ...(condition.type === 'rise' ? [price] : []))
    if (condition.type === 'new_low') {
      if (price < best) return 'true'
      return price * 100 >= best * (100 + rearm_percent) ? 'clear' : 'unclear'
    }
    const by =
      'percent' in condition
        ? (best * condition.percent) / 100
        : 'absolute' in condition
          ? condition.absolute
          : 0
    const limit = best - sign * by
    if ((price - limit) * sign <= 0) return 'true'
    return (price * 100 - limit * (100 + sign * rearm_percent)) * sign >= 0 ? 'clear' : 'unclear'
  }
  const found: number[] = []
  let armed = judge(prices.slice(0, 1), prices[0] ?? 0, 1) !== 'true'
  for (let minute = 1; minute < prices.length; minute += 1) {
    const [before = 0, now = 0] = prices.slice(minute - 1, minute + 1)
    const past = prices.slice(0, minute)
    if (now === before) continue
    armed ||= judge(past, before, minute) === 'clear'
    const verdict = judge(past, now, minute)
    if (verdict === 'clear') armed = true
    if (verdict !== 'true') continue
    const last = found.at(-1) ?? Number.NEGATIVE_INFINITY
    if (armed && (minute - last) * 60 >= cooldown_s) found.push(minute)
    armed = false
  }
  return found
}

const WINDOWS: Condition[] = [
  DROP,
  { type: 'drop', absolute: 3, window: '7m' },
  { type: 'rise', percent: 15, window: '5m' },
  { type: 'rise', absolute: 4, window: '4m' },
  { type: 'new_low', window: 'all' },
]

for (const condition of WINDOWS) {
  t.test(`${JSON.stringify(condition)} on random paths is as in the model`, async (t) => {
    const random = randomOf(14)
    for (let round = 0; round < 200; round += 1) {
      const watched = rule(condition, { rearm_percent: random(3) * 5, cooldown_s: random(3) * 150 })
      const prices = [20]
      while (prices.length < 60) prices.push(random(2) ? (prices.at(-1) ?? 0) : 10 + random(20))
      t.strictSame(
        firings(watched, prices),
        model(watched, prices),
        JSON.stringify({ watched, prices }),
      )
    }
  })
}

for (const condition of [...WINDOWS, BELOW, { type: 'back_in_stock' } as const]) {
  t.test(
    `${JSON.stringify(condition)} goes on from its state as if it had never ended`,
    async (t) => {
      const random = randomOf(7)
      const watched = rule(condition, { rearm_percent: 5, cooldown_s: 120 })
      const prices = Array.from({ length: 300 }, () => (random(5) ? 80 + random(40) : null))
      const whole = new Watch(watched)
      whole.recall(0, prices[0] ?? null)
      whole.begin(1)
      let state = whole.state
      for (const [minute, price] of prices.entries()) {
        if (minute === 0) continue
        const at = minute * MINUTE_MS
        const restarted = new Watch(watched, state)
        for (const [past, known] of prices.slice(0, minute).entries())
          restarted.recall(past * MINUTE_MS, known)
        t.strictSame(restarted.next(at, price), whole.next(at, price))
        state = restarted.state
        t.strictSame(state, whole.state)
      }
    },
  )
}

t.test('an alert that never saw the product has no state', async (t) => {
  t.equal(new Watch(rule(BELOW)).state, undefined)
})
