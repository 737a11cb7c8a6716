import t from 'tap'
import { encodeChanges, kindOf, POLL } from '../../../db/encoding/changes.ts'
import {
  changesOf,
  encodeAlert,
  type FeedNames,
  type FeedRow,
  tagsAround,
} from '../../../db/encoding/feed-rows.ts'
import { Undecodable } from '../../../db/errors.ts'

const AT = Date.UTC(2026, 0, 2)
const at = '2026-01-02T00:00:00.000Z'

const names: FeedNames = {
  product: (key) => `product ${key}`,
  offer: (key, number) => `offer ${number} of ${key}`,
}

const state = (number: number, price: number, itemsInStock: number) => ({
  number,
  price,
  itemsInStock,
  changedAt: AT,
  lowestPrior: null,
})

const polled: FeedRow = [
  8,
  AT,
  POLL,
  3,
  encodeChanges([
    { number: 1, before: null, now: state(1, 10, 4) },
    { number: 2, before: state(2, 20, 4), now: null },
  ]),
  null,
  null,
  null,
]

t.test('the last change of a poll has the number of its row', async (t) => {
  t.strictSame(
    changesOf(polled, undefined, names).map((change) => [change.seq, change.type, change.at]),
    [
      [7, 'offer.listed', at],
      [8, 'offer.delisted', at],
    ],
  )
})

t.test('a change names its product and its offer', async (t) => {
  t.match(changesOf(polled, undefined, names), [
    { product_id: 'product 3', offer_id: 'offer 1 of 3' },
    { product_id: 'product 3', offer_id: 'offer 2 of 3' },
  ])
})

t.test('changes of one type keep their numbers', async (t) => {
  t.match(changesOf(polled, 'offer.delisted', names), [{ seq: 8, type: 'offer.delisted' }])
})

const deleted: FeedRow = [9, AT, kindOf('product.deleted'), 3, null, null, null, null]

t.test('a change of a product is one row', async (t) => {
  const change = { seq: 9, at, type: 'product.deleted', product_id: 'product 3' }
  t.strictSame(changesOf(deleted, undefined, names), [change])
  t.strictSame(changesOf(deleted, 'product.deleted', names), [change])
  t.strictSame(changesOf(deleted, 'product.created', names), [])
})

t.test('a deletion contains the tags of the product, unless they were not recorded', async (t) => {
  const row: FeedRow = [9, AT, kindOf('product.deleted'), 3, null, null, '["a"]', null]
  t.match(changesOf(row, undefined, names), [{ type: 'product.deleted', tags: ['a'] }])
  const updated: FeedRow = [9, AT, kindOf('product.updated'), 3, null, null, '["a"]', '["b"]']
  t.notOk(changesOf(updated, undefined, names).some((change) => 'tags' in change))
})

t.test('the tags around a change are those before and after it', async (t) => {
  const row = (before: string | null, after: string | null): FeedRow => [
    ...([9, AT, kindOf('product.updated'), 3, null, null] as const),
    ...([before, after] as const),
  ]
  t.strictSame(tagsAround(row('["a"]', '["b"]')), ['a', 'b'])
  t.strictSame(tagsAround(row(null, '["b"]')), ['b'])
  t.strictSame(tagsAround(row('["a"]', null)), ['a'])
  t.strictSame(tagsAround(row(null, null)), [], 'of a product that an older version deleted')
})

t.test('the firing of an alert is one row, with its figures', async (t) => {
  const sighting = { at: AT, price: 90, previousPrice: null, reference: 100 }
  const told: FeedRow = [9, AT, POLL, 3, Buffer.alloc(0), encodeAlert('a', sighting), null, null]
  const change = { seq: 9, at, type: 'alert.fired', product_id: 'product 3' }
  t.strictSame(changesOf(told, undefined, names), [
    { ...change, alert_id: 'a', price: 90, reference: 100 },
  ])
  t.equal(changesOf(told, 'alert.fired', names).length, 1)
  t.strictSame(changesOf(told, 'offer.listed', names), [])
})

const damaged: [what: string, row: FeedRow, message: string][] = [
  [
    'an unknown kind',
    [9, AT, 99, 3, null, null, null, null],
    'The database lacks the type of change 9',
  ],
  [
    'a poll without offers',
    [9, AT, POLL, 3, null, null, null, null],
    'The database lacks the offers of change 9',
  ],
]
for (const [what, row, message] of damaged) {
  t.test(`${what} is refused`, async (t) => {
    t.throws(() => changesOf(row, undefined, names), new Undecodable(message))
  })
}
