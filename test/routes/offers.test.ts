import t from 'tap'
import type { Offer, ProductOffers } from '../../schemas/offer.ts'
import { eventually, startApp, startSimulator } from '../helper.ts'
import {
  create,
  isError,
  NO_UPSTREAM,
  offer,
  offersOf,
  PRODUCTS,
  startPriced,
  startStill,
} from './helper.ts'

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
    [
      [offer],
      first_seen_at,
      [{ ...offer, first_seen_at, lowest_prior_30d: null, changed_at: first_seen_at }],
    ],
    [
      [offer],
      '2026-11-22T08:20:00.000Z',
      [{ ...offer, first_seen_at, lowest_prior_30d: null, changed_at: first_seen_at }],
    ],
    [
      [{ ...offer, price: 9 }],
      '2026-11-22T08:30:00.000Z',
      [
        {
          ...offer,
          price: 9,
          first_seen_at,
          lowest_prior_30d: 10,
          changed_at: '2026-11-22T08:30:00.000Z',
        },
      ],
    ],
    [[], '2026-11-22T08:40:00.000Z', []],
    [
      [offer],
      '2026-11-22T08:50:00.000Z',
      [{ ...offer, first_seen_at, lowest_prior_30d: null, changed_at: '2026-11-22T08:50:00.000Z' }],
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

/** A moment of one day: `08:00:00`. */
const iso = (text: string) => `2026-11-22T${text}.000Z`
const ms = (text: string) => Date.parse(iso(text))

/** The offers as of a moment, with price and stock first. */
interface Then {
  offers: [id: string, price: number, stock: number, since: string, prior: number | null][]
  checkedAt: string | null
  stale: boolean
}

const SOLD_OUT: Then = { offers: [], checkedAt: iso('07:03:00'), stale: true }
const moments: [what: string, at: string, then: Then][] = [
  [
    'before the first poll',
    '2026-11-22T06:59:59.999Z',
    { offers: [], checkedAt: null, stale: true },
  ],
  [
    'at the first poll',
    iso('07:00:00'),
    {
      offers: [['a', 100, 3, '07:00:00', null]],
      checkedAt: iso('07:00:00'),
      stale: false,
    },
  ],
  [
    'between polls',
    '2026-11-22T07:00:59.999Z',
    {
      offers: [['a', 100, 3, '07:00:00', null]],
      checkedAt: '2026-11-22T07:00:59.999Z',
      stale: false,
    },
  ],
  [
    'at a poll that found changes',
    iso('07:01:00'),
    {
      offers: [
        ['b', 80, 0, '07:01:00', null],
        ['a', 90, 3, '07:01:00', 100],
      ],
      checkedAt: iso('07:01:00'),
      stale: false,
    },
  ],
  [
    'with an offset from UTC',
    '2026-11-22T09:02:00%2B02:00',
    {
      offers: [['b', 80, 5, '07:02:00', null]],
      checkedAt: iso('07:02:00'),
      stale: false,
    },
  ],
  [
    'when all was sold out',
    iso('07:03:00'),
    { offers: [], checkedAt: iso('07:03:00'), stale: false },
  ],
  [
    'three intervals after the last poll',
    iso('07:06:00'),
    { offers: [], checkedAt: iso('07:03:00'), stale: false },
  ],
  ['later than that', '2026-11-22T07:06:00.001Z', SOLD_OUT],
  ['now', iso('08:00:00'), SOLD_OUT],
  ['in the future', '2027-01-01T00:00:00Z', SOLD_OUT],
]

t.test('the offers as they stood at a moment', async (t) => {
  const { app, add } = await startStill(t, ms('08:00:00'))
  const { id } = await add('Mower', [
    [ms('07:00:00'), offer('a', 100, 3)],
    [ms('07:01:00'), offer('a', 90, 3), offer('b', 80, 0)],
    [ms('07:02:00'), offer('b', 80, 5)],
    [ms('07:03:00')],
  ])
  const firstSeen = new Map([
    ['a', iso('07:00:00')],
    ['b', iso('07:01:00')],
  ])
  for (const [what, at, { offers, checkedAt, stale }] of moments) {
    await t.test(what, async (t) => {
      const response = await app.inject(`${PRODUCTS}/${id}/offers?at=${at}`)
      t.equal(response.statusCode, 200)
      t.strictSame(response.json<ProductOffers>(), {
        items: offers.map(([id, price, items_in_stock, since, lowest_prior_30d]) => ({
          id,
          price,
          items_in_stock,
          first_seen_at: firstSeen.get(id),
          changed_at: iso(since),
          lowest_prior_30d,
        })),
        checked_at: checkedAt,
        stale,
      })
    })
  }

  await t.test('of now are those that are read without a moment', async (t) => {
    const { id } = await add('Saw', [
      [ms('07:57:00'), offer('a', 100), offer('b', 40)],
      [ms('08:00:00'), offer('a', 30, 0)],
    ])
    const url = `${PRODUCTS}/${id}/offers`
    const now = await app.inject(url)
    t.equal(now.json<ProductOffers>().items.length, 1)
    t.strictSame((await app.inject(`${url}?at=${iso('08:00:00')}`)).json(), now.json())
    const headers = { 'if-none-match': now.headers.etag }
    t.equal((await app.inject({ url: `${url}?at=${iso('08:00:00')}`, headers })).statusCode, 304)
  })

  await t.test('of a product that was deleted are not found', async (t) => {
    const { id } = await add('Axe', [[ms('07:00:00'), offer('a', 1)]])
    await app.store.deleteProduct(id)
    const response = await app.inject(`${PRODUCTS}/${id}/offers?at=${iso('07:00:00')}`)
    isError(t, response, 404, `There is no product ${id}`, 'PRODUCT_NOT_FOUND')
  })
})
