import t from 'tap'
import type { Alert } from '../../schemas/alert.ts'
import { type AlertCondition, conditionOf } from '../../schemas/alert-condition.ts'
import {
  changedSettings,
  faultsOf,
  newTyped,
  suggestedName,
  type TypedAlert,
  tagOf,
  toSettings,
  toTyped,
} from '../../web/alert/typed.ts'
import { inWords, lasting, windowInWords } from '../../web/alert/words.ts'

const alertOf = (condition: AlertCondition): Alert => ({
  id: '019aa9f0-5c00-7000-8000-0000000000a1',
  name: 'Mower',
  product_id: null,
  tag: null,
  condition,
  rearm_percent: 2.5,
  cooldown_s: 5400,
  fire_if_true: true,
  enabled: true,
  created_at: '2026-11-22T08:00:00.000Z',
  updated_at: '2026-11-22T08:00:00.000Z',
  last_fired_at: null,
})

const CONDITIONS: [condition: AlertCondition, words: string][] = [
  [{ type: 'price_below', price: 400 }, 'the price is below 400'],
  [{ type: 'price_above', price: 0 }, 'the price is above 0'],
  [{ type: 'drop', percent: 7.5, window: '24h' }, 'the price drops by 7.5 % within 24 hours'],
  [{ type: 'drop', absolute: 50, window: '90m' }, 'the price drops by 50 within 90 minutes'],
  [{ type: 'rise', percent: 10, window: '1d' }, 'the price rises by 10 % within 1 day'],
  [{ type: 'rise', absolute: 1, window: '7d' }, 'the price rises by 1 within 7 days'],
  [{ type: 'new_low', window: '30d' }, 'the price is the lowest in 30 days'],
  [{ type: 'new_low', window: 'all' }, 'the price is the lowest of all time'],
  [{ type: 'back_in_stock' }, 'an offer is in stock again'],
  [{ type: 'out_of_stock' }, 'no offer is in stock any more'],
  [{ type: 'stale', for_s: 7200 }, 'the offers have not been checked for 2 hours'],
]
for (const [condition, words] of CONDITIONS) {
  t.test(`an alert when ${words} is typed, sent and told as it is`, async (t) => {
    const alert = alertOf(condition)
    const typed = toTyped(alert)
    t.strictSame(faultsOf(typed), {})
    const settings = toSettings(typed)
    t.strictSame(settings, { condition, rearm_percent: 2.5, cooldown_s: 5400, fire_if_true: true })
    t.strictSame(conditionOf(settings.condition), condition, 'the service takes it')
    t.equal(inWords(condition).replace('7,5', '7.5'), words)
    t.equal(changedSettings(alert, { name: 'Mower', ...settings }), undefined)
  })
}

const FAULTS: [what: string, typed: Partial<TypedAlert>, faults: object][] = [
  ['no price', { price: '' }, { price: 'Enter a price' }],
  ['a price that is none', { type: 'price_above', price: '1x' }, { price: 'Enter a price' }],
  ['a price that the type does not need', { type: 'back_in_stock', price: '' }, {}],
  ['a drop of nothing', { type: 'drop', size: '0' }, { size: 'Enter a percentage above 0' }],
  ['a huge rise', { type: 'rise', size: '1000001' }, { size: 'Enter a percentage above 0' }],
  [
    'half a coin',
    { type: 'drop', sizeIn: 'absolute', size: '0.5' },
    { size: 'Enter a price above 0' },
  ],
  ['no coin', { type: 'drop', sizeIn: 'absolute', size: '0' }, { size: 'Enter a price above 0' }],
  ['a negative margin', { rearm: '-1' }, { rearm: 'Enter a percentage from 0 to 100' }],
  ['a margin of too much', { rearm: '101' }, { rearm: 'Enter a percentage from 0 to 100' }],
  [
    'a long tag',
    { tag: ` ${'x'.repeat(65)} ` },
    { tag: 'The tag has 65 characters; at most 64 are allowed' },
  ],
  [
    'a long name',
    { name: 'W'.repeat(256) },
    { name: 'The name has 256 characters; at most 255 are allowed' },
  ],
]
for (const [what, typed, faults] of FAULTS) {
  t.test(`a fault of what is typed: ${what}`, async (t) => {
    t.strictSame(faultsOf({ ...newTyped(500), ...typed }), faults)
  })
}

t.test('a new alert begins with the price as it is', async (t) => {
  t.equal(newTyped(500).price, '500')
  t.equal(newTyped(null).price, '')
})

t.test('an alert is about the products with the tag that is typed, or about all', async (t) => {
  t.equal(tagOf(newTyped(null, ' garden ')), 'garden')
  t.equal(tagOf(newTyped(500)), null)
  t.equal(toTyped({ ...alertOf({ type: 'back_in_stock' }), tag: 'garden' }).tag, 'garden')
})

t.test('only what was changed of an alert is sent', async (t) => {
  const alert = alertOf({ type: 'price_below', price: 400 })
  const next = { name: 'Mower', ...toSettings(toTyped(alert)) }
  for (const change of [
    { name: 'Drill' },
    { condition: { type: 'price_below', price: 300 } as const },
    { cooldown_s: 0 },
    { rearm_percent: 0 },
    { fire_if_true: false },
  ]) {
    t.strictSame(changedSettings(alert, { ...next, ...change }), change)
  }
})

t.test('a suggested name says what the alert is about and what it watches', async (t) => {
  const typed = newTyped(500)
  t.equal(suggestedName('Mower', typed, true), 'Mower: the price is below 500')
  t.equal(suggestedName('Mower', typed, false), 'Mower')
  const long = suggestedName('W'.repeat(255), typed, true)
  t.equal(long.length, 255)
  t.match(long, /W: the price is below 500$/)
})

for (const [seconds, words] of [
  [0, '0 seconds'],
  [1, '1 second'],
  [90, '90 seconds'],
  [5400, '90 minutes'],
  [3600, '1 hour'],
  [172_800, '2 days'],
] as const) {
  t.test(`${seconds} s are ${words}`, async (t) => {
    t.equal(lasting(seconds), words)
  })
}

t.test('a window is told in its own unit', async (t) => {
  t.equal(windowInWords('90m'), '90 minutes')
  t.equal(windowInWords('1h'), '1 hour')
  t.equal(windowInWords('all'), 'all time')
})

t.test('a margin can have a decimal comma', async (t) => {
  const typed = { ...newTyped(1), rearm: '1,5' }
  t.strictSame(faultsOf(typed), {})
  t.equal(toSettings(typed).rearm_percent, 1.5)
})
