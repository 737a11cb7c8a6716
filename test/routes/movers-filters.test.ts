import t from 'tap'
import { DAY_MS, HOUR_MS } from '../../history/time.ts'
import type { MoverList } from '../../schemas/mover.ts'
import { API, type App, isError, offer, type Poll, read, startStill } from './helper.ts'

const NOW = Date.UTC(2026, 10, 22, 8)
const URL = `${API}/movers`

/** A product with these tags, whose price was these, and how many days ago. */
type Past = [tags: string[], ...prices: [daysAgo: number, price: number][]]

const polls = (prices: [daysAgo: number, price: number][]): Poll[] =>
  prices.map(([daysAgo, price]) => [NOW - daysAgo * DAY_MS, offer('a', price)])

/** In order of their drop within a day: 50, 37.5, 33.33, 20, 14.38 and 2.5 %. */
const DROPS: Record<string, Past> = {
  half: [
    ['garden', 'sale'],
    [400, 40],
    [380, 100],
    [0.5, 50],
  ],
  'not the lowest': [['garden'], [20, 400], [10, 40], [2, 80], [0.5, 50]],
  third: [['sale'], [100, 200], [50, 90], [40, 300], [0.5, 200]],
  fifth: [
    ['garden', 'sale', 'Sale'],
    [200, 700],
    [120, 1_500],
    [2, 1_000],
    [0.5, 800],
  ],
  eighth: [[], [2, 160], [0.5, 137]],
  dear: [['sale'], [2, 40_000], [0.5, 39_000]],
}

const RISES: Record<string, Past> = {
  doubled: [['sale'], [2, 100], [0.5, 200]],
  tenth: [['garden'], [2, 1_000], [0.5, 1_100]],
}

async function start(t: Parameters<typeof startStill>[0]) {
  const { app, add } = await startStill(t, NOW)
  for (const [name, [tags, ...prices]] of Object.entries({ ...DROPS, ...RISES })) {
    const { id } = await add(name, polls(prices))
    await app.store.updateProduct(id, { tags })
  }
  return app
}

/** Asks at once; what `inject` returns by itself only asks when it is awaited. */
const ask = async (app: App, query = '') => await app.inject(`${URL}?${query}`)

const namesOf = async (app: App, query: string) =>
  (await app.inject(`${URL}?${query}`)).json<MoverList>().items.map(({ name }) => name)

const ALL_DROPS = Object.keys(DROPS)

const cases: [query: string, names: string[]][] = [
  ['', ALL_DROPS],
  ['min_percent=0', ALL_DROPS],
  ['min_percent=33.33', ['half', 'not the lowest', 'third']],
  ['min_percent=33.34', ['half', 'not the lowest']],
  ['min_percent=14.38', ALL_DROPS.slice(0, 5)],
  ['min_percent=1.438e1', ALL_DROPS.slice(0, 5)],
  ['min_percent=14.39', ALL_DROPS.slice(0, 4)],
  ['min_percent=100.5', []],
  ['direction=rise&min_percent=100', ['doubled']],
  ['direction=rise&min_percent=10', ['doubled', 'tenth']],
  ['min_absolute=0', ALL_DROPS],
  ['min_absolute=100', ['third', 'fifth', 'dear']],
  ['min_absolute=101', ['fifth', 'dear']],
  ['min_absolute=1001', []],
  ['direction=rise&min_absolute=100', ['doubled', 'tenth']],
  ['price_min=200', ['third', 'fifth', 'dear']],
  ['price_max=50', ['half', 'not the lowest']],
  ['price_min=51&price_max=200', ['third', 'eighth']],
  ['price_min=200&price_max=51', []],
  ['tag=sale', ['half', 'third', 'fifth', 'dear']],
  ['tag=%20sale%20', ['half', 'third', 'fifth', 'dear']],
  ['tag=sale&tag=garden', ['half', 'fifth']],
  ['tag=garden&tag=sale&tag=garden', ['half', 'fifth']],
  ['tag=Sale', ['fifth']],
  ['tag=none', []],
  ['direction=rise&tag=sale', ['doubled']],
  ['in_stock=true', ALL_DROPS],
  ['in_stock=false', ALL_DROPS],
  ['at_low=30d', ['half', 'third', 'fifth', 'eighth', 'dear']],
  ['at_low=90d', ['half', 'fifth', 'eighth', 'dear']],
  ['at_low=365d', ['half', 'eighth', 'dear']],
  ['at_low=all', ['eighth', 'dear']],
  ['at_low=30d&window=30d', ['half', 'fifth', 'third', 'eighth', 'dear']],
  ['at_low=30d&direction=rise', []],
  ['at_low=all&direction=rise', []],
  ['at_low=365d&tag=sale&min_percent=40&price_max=60', ['half']],
  ['at_low=90d&limit=2', ['half', 'fifth']],
]

t.test('movers are those for which all filters hold', async (t) => {
  const app = await start(t)
  for (const [query, names] of cases) t.strictSame(await namesOf(app, query), names, query)
})

t.test('the badge and the filter agree on the present price', async (t) => {
  const app = await start(t)
  const { items } = (await app.inject(`${URL}?at_low=30d`)).json<MoverList>()
  for (const { product_id, last } of items) {
    t.equal((await read(app, product_id)).lowest_price, last)
    const { windows } = (await app.inject(`${API}/products/${product_id}/stats`)).json()
    t.equal(windows['30d'].low, last)
    t.ok(windows['30d'].high > last)
  }
})

t.test('one search serves all that differ in direction, limit and percent only', async (t) => {
  const app = await start(t)
  let searches = 0
  const { lowestChanges } = app.store
  app.store.lowestChanges = (...asked) => {
    searches += 1
    return lowestChanges.apply(app.store, asked)
  }
  for (const query of ['', 'limit=1', 'direction=rise', 'min_percent=20', 'in_stock=true']) {
    await namesOf(app, query)
  }
  t.equal(searches, 1)
  for (const query of ['tag=sale&tag=garden', 'tag=garden&tag=%20sale&tag=sale']) {
    await namesOf(app, query)
  }
  t.equal(searches, 2)
})

/** Lets the searches of an app run only once released, and counts how many run at a time. */
function heldBack(app: App) {
  const { promise, resolve } = Promise.withResolvers<void>()
  const running = { now: 0, most: 0, begun: 0 }
  const { lowestChanges } = app.store
  app.store.lowestChanges = async function* (...asked) {
    running.now += 1
    running.begun += 1
    running.most = Math.max(running.most, running.now)
    await promise
    yield* lowestChanges.apply(app.store, asked)
    running.now -= 1
  }
  return { running, release: resolve }
}

t.test('one search runs at a time, and 16 wait at most', async (t) => {
  const app = await start(t)
  const { running, release } = heldBack(app)
  const asked = Array.from({ length: 16 }, (_, n) => ask(app, `price_min=${n}`))
  const again = ask(app, 'price_min=3')
  isError(t, await app.inject(`${URL}?price_min=16`), 503, /failed to do this/)
  release()
  for (const answer of await Promise.all([...asked, again])) t.equal(answer.statusCode, 200)
  t.strictSame(running, { now: 0, most: 1, begun: 16 })
  t.equal((await app.inject(`${URL}?price_min=16`)).statusCode, 200)
})

t.test('a search that takes long is shared until it ends', async (t) => {
  const { app, time } = await startStill(t, NOW)
  const { running, release } = heldBack(app)
  const first = ask(app)
  await app.inject('/health/live')
  time.now += HOUR_MS
  const second = ask(app)
  await app.inject('/health/live')
  release()
  t.equal((await first).body, (await second).body)
  t.equal(running.begun, 1)
})

t.test('at most 64 results are kept, the newest', async (t) => {
  const app = await start(t)
  const { running, release } = heldBack(app)
  release()
  for (let n = 0; n < 65; n += 1) await namesOf(app, `price_min=${n}`)
  t.equal(running.begun, 65)
  await namesOf(app, 'price_min=64')
  t.equal(running.begun, 65)
  await namesOf(app, 'price_min=0')
  t.equal(running.begun, 66)
})
