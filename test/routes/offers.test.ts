import t from 'tap'
import type { Offer } from '../../schemas/offer.ts'
import { eventually, startApp, startSimulator } from '../helper.ts'
import { create, NO_UPSTREAM, offersOf, startPriced } from './helper.ts'

t.test('a product that was never checked has no offers and is stale', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const { id } = await create(app, { name: 'Mower' })
  t.strictSame(await offersOf(app, id), { items: [], checked_at: null, stale: true })
})

t.test('offers come cheapest first, then by id, also those out of stock', async (t) => {
  const { app, products } = await startPriced(t, [
    {
      name: 'Mower',
      offers: [
        { id: 'c', price: 20, items_in_stock: 1 },
        { id: 'b', price: 10, items_in_stock: 0 },
        { id: 'é', price: 5, items_in_stock: 7 },
        { id: 'a', price: 10, items_in_stock: 3 },
        { id: 'B', price: 10, items_in_stock: 3 },
      ],
    },
  ])
  const { items, checked_at, stale } = await offersOf(app, products[0]?.id ?? '')
  t.strictSame(
    items.map(({ id, price, items_in_stock }) => [id, price, items_in_stock]),
    [
      ['é', 5, 7],
      ['B', 10, 3],
      ['a', 10, 3],
      ['b', 10, 0],
      ['c', 20, 1],
    ],
  )
  t.equal(stale, false)
  for (const { first_seen_at, changed_at } of items) {
    t.strictSame([first_seen_at, changed_at], [checked_at, checked_at])
  }
})

t.test('a product whose offers are all gone was checked and has none', async (t) => {
  const { app, products } = await startPriced(t, [{ name: 'Mower', offers: [] }])
  const { items, checked_at } = await offersOf(app, products[0]?.id ?? '')
  t.strictSame(items, [])
  t.type(checked_at, 'string')
})

t.test('an offer says since when it is what it is', async (t) => {
  const time = { now: Date.UTC(2026, 10, 22, 8) }
  const simulator = await startSimulator(t)
  const app = await startApp(t, { OFFERS_BASE_URL: simulator.baseUrl }, { clock: () => time.now })
  const { id } = await create(app, { name: 'Mower' })
  await eventually(async () => (await offersOf(app, id)).checked_at)
  const offer = { id: 'a', price: 10, items_in_stock: 1 }
  const steps: [offers: object[], at: string, expected: Offer[]][] = []
  const first_seen_at = '2026-11-22T08:10:00.000Z'
  steps.push(
    [[offer], first_seen_at, [{ ...offer, first_seen_at, changed_at: first_seen_at }]],
    [[offer], '2026-11-22T08:20:00.000Z', [{ ...offer, first_seen_at, changed_at: first_seen_at }]],
    [
      [{ ...offer, price: 9 }],
      '2026-11-22T08:30:00.000Z',
      [{ ...offer, price: 9, first_seen_at, changed_at: '2026-11-22T08:30:00.000Z' }],
    ],
    [[], '2026-11-22T08:40:00.000Z', []],
    [
      [offer],
      '2026-11-22T08:50:00.000Z',
      [{ ...offer, first_seen_at, changed_at: '2026-11-22T08:50:00.000Z' }],
    ],
  )
  for (const [offers, at, expected] of steps) {
    simulator.answers.set(id, offers)
    time.now = Date.parse(at)
    await eventually(async () => (await offersOf(app, id)).checked_at === at)
    t.strictSame((await offersOf(app, id)).items, expected, at)
  }
})

t.test('a product is stale from three refresh intervals after its last check on', async (t) => {
  const time = { now: Date.UTC(2026, 10, 22, 8) }
  const simulator = await startSimulator(t)
  const app = await startApp(
    t,
    { OFFERS_BASE_URL: simulator.baseUrl, REFRESH_INTERVAL_SECONDS: '60' },
    { clock: () => time.now },
  )
  const { id } = await create(app, { name: 'Mower' })
  const checkedAt = await eventually(async () => (await offersOf(app, id)).checked_at)
  simulator.faults.settings.error_rate = 1
  time.now += 180_000
  t.equal((await offersOf(app, id)).stale, false)
  time.now += 1
  t.strictSame(
    [(await offersOf(app, id)).stale, (await offersOf(app, id)).checked_at],
    [true, checkedAt],
  )
})
