import { Value } from '@sinclair/typebox/value'
import t from 'tap'
import { type WireOffer, WireOffers } from '../../offers/protocol.ts'
import { mix } from '../../simulator/hash.ts'
import { MAX_OFFERS, marketOffers, steadyOffersOf } from '../../simulator/market.ts'
import { uuidId } from '../../simulator/offer-id.ts'

const products = Array.from({ length: 200 }, (_, index) => uuidId(mix(1, index), mix(2, index)))
/** The first tick, one of today with minutes and one of today with tenths of a second. */
const starts = [0, 29_500_000, 17_700_000_000]
const TICKS = 200

type Life = { first: number; last: number; stocks: number[]; prices: number[] }

/** The offers of a product seen over `TICKS` ticks, by id. */
function watch(seed: number | string, product: string, start: number) {
  const answers: WireOffer[][] = []
  const lives = new Map<string | number, Life>()
  for (let tick = start; tick < start + TICKS; tick++) {
    const answer = marketOffers(seed, product, tick, 2)
    answers.push(answer)
    for (const { id, items_in_stock, price } of answer) {
      const life = lives.get(id) ?? { first: tick, last: tick, stocks: [], prices: [] }
      life.last = tick
      life.stocks.push(items_in_stock)
      life.prices.push(price)
      lives.set(id, life)
    }
  }
  return { answers, lives: [...lives.values()] }
}

const watched = starts.flatMap((start) =>
  ['1', 'another seed'].flatMap((seed) =>
    products.slice(0, 40).map((product) => ({ start, ...watch(seed, product, start) })),
  ),
)
const lives = watched.flatMap(({ start, lives }) => lives.map((life) => ({ start, ...life })))
const whole = lives.filter(({ start, first, last }) => first > start && last < start + TICKS - 1)

t.test('the same question has the same answer, asked in any order', async (t) => {
  const ticks = [5, 3, 4_000_000, 4, 5]
  const ask = () => ticks.map((tick) => marketOffers(9, products[0] ?? '', tick, 2))
  const [first, , , , last] = ask()
  t.same(ask(), ask())
  t.same(first, last)
})

t.test('a seed is the same as a number and as text', async (t) => {
  t.same(marketOffers(12, 'x', 100, 2), marketOffers('12', 'x', 100, 2))
})

t.test('seeds and products have markets of their own', async (t) => {
  const markets = [1, 2].flatMap((seed) =>
    products.map((product) =>
      JSON.stringify([0, 1000, 2000].map((tick) => marketOffers(seed, product, tick, 2))),
    ),
  )
  t.equal(new Set(markets).size, markets.length)
})

t.test('the market is the one it has always been', async (t) => {
  // A change of the formulas changes every recorded measurement: it should be meant.
  t.same(marketOffers(1, '6a6e1b62-6f9b-4b3e-8a8b-2b8b1f8f7f11', 29_500_000, 2), [
    { id: 'f68f17a2-e57e-4510-a00e-baaae60a5d39', price: 149, items_in_stock: 108 },
    { id: 'ad604752-e867-4b3a-9b4f-1c42c268ae9a', price: 109, items_in_stock: 5 },
    { id: '26658c20-4d14-4f2c-bbbc-578401b7db8b', price: 127, items_in_stock: 11 },
  ])
})

t.test('answers are valid in both generations, and the same but for the ids', async (t) => {
  for (const product of products) {
    for (const start of starts) {
      const [first, second] = [
        marketOffers(1, product, start, 1),
        marketOffers(1, product, start, 2),
      ]
      for (const answer of [first, second]) {
        if (!Value.Check(WireOffers, answer)) t.fail(JSON.stringify(answer))
      }
      t.ok(first.every(({ id }) => Number.isSafeInteger(id)))
      t.ok(second.every(({ id }) => typeof id === 'string'))
      const withoutId = ({ price, items_in_stock }: WireOffer) => ({ price, items_in_stock })
      t.same(first.map(withoutId), second.map(withoutId))
    }
  }
})

t.test('ids are unique within an answer', async (t) => {
  for (const product of products) {
    for (const generation of [1, 2] as const) {
      const ids = marketOffers(1, product, 29_500_000, generation).map(({ id }) => id)
      t.equal(new Set(ids).size, ids.length)
    }
  }
})

t.test('products do not share offers', async (t) => {
  const ids = products
    .flatMap((product) => marketOffers(1, product, 29_500_000, 2))
    .map(({ id }) => id)
  t.equal(new Set(ids).size, ids.length)
})

t.test('products have 0 to 20 offers; a few have none, and hardly any stays so', async (t) => {
  const counts = watched.flatMap(({ answers }) => answers.map((answer) => answer.length))
  t.ok(counts.every((count) => count <= MAX_OFFERS))
  t.ok(Math.max(...counts) >= 12, `most: ${Math.max(...counts)}`)
  const none = counts.filter((count) => count === 0).length / counts.length
  t.ok(none > 0.001 && none < 0.02, `without offers: ${none}`)
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  t.ok(mean > 3 && mean < 8, `mean: ${mean}`)
  const never = watched.filter(({ answers }) => answers.every((answer) => answer.length === 0))
  t.ok(never.length <= watched.length / 50, `never any: ${never.length} of ${watched.length}`)
})

t.test('every price moves at every tick, and by little', async (t) => {
  let [still, most, steps, sum] = [0, 0, 0, 0]
  for (const { prices } of lives) {
    for (const [index, price] of prices.entries()) {
      if (price < 50 || price > 200_000) t.fail(`price ${price}`)
      const before = prices[index - 1]
      if (before === undefined) continue
      if (before === price) still++
      steps++
      sum += Math.abs(price - before) / before
      most = Math.max(most, Math.abs(price - before) / before)
    }
  }
  t.equal(still, 0)
  t.ok(most < 0.06, `largest step: ${most}`)
  t.ok(sum / steps > 0.001 && sum / steps < 0.02, `mean step: ${sum / steps}`)
})

t.test('a price wanders, but not away', async (t) => {
  for (const { prices } of lives.filter(({ prices }) => prices.length > 100)) {
    const [least, most] = [Math.min(...prices), Math.max(...prices)]
    t.ok(most / least < 1.7, `${least} to ${most}`)
    t.ok(most / least > 1.01, `${least} to ${most}`)
  }
})

t.test('an offer is listed without a gap, with stock that never rises', async (t) => {
  const withGap = lives.filter(({ first, last, stocks }) => stocks.length !== last - first + 1)
  const empty = lives.filter(({ stocks }) => stocks.some((stock) => stock < 1))
  const rising = lives.filter(({ stocks }) =>
    stocks.some((stock, index) => stock > (stocks[index - 1] ?? stock)),
  )
  t.same({ withGap, empty, rising }, { withGap: [], empty: [], rising: [] })
})

t.test('most offers sell out, some vanish with stock left', async (t) => {
  t.ok(whole.length > 500, `${whole.length} whole lives`)
  const left = (stocks: number[]) => (stocks.at(-1) ?? 0) / (stocks[0] ?? 1)
  const many = whole.filter(({ stocks }) => (stocks[0] ?? 0) >= 20)
  const soldOut = many.filter(({ stocks }) => left(stocks) < 0.25).length / many.length
  const vanished = many.filter(({ stocks }) => left(stocks) > 0.5).length / many.length
  t.ok(soldOut > 0.7, `sold out: ${soldOut}`)
  t.ok(vanished > 0.03 && vanished < 0.3, `vanished: ${vanished}`)
})

t.test('offers appear at any time, some in place of one that went', async (t) => {
  let [appearances, replacements, ticks] = [0, 0, 0]
  for (const { answers } of watched) {
    for (const [index, answer] of answers.entries()) {
      const before = answers[index - 1]
      if (!before) continue
      const [ids, idsBefore] = [answer, before].map((offers) => new Set(offers.map(({ id }) => id)))
      if (!ids || !idsBefore) continue
      ticks++
      const came = ids.difference(idsBefore).size
      appearances += came
      if (came > 0 && idsBefore.difference(ids).size > 0) replacements++
    }
  }
  t.ok(appearances / ticks > 0.02, `appearances a tick: ${appearances / ticks}`)
  t.ok(replacements / ticks > 0.005, `replacements a tick: ${replacements / ticks}`)
})

t.test(
  'a steady market has so many offers, the same ones, with other figures at each tick',
  async (t) => {
    for (const generation of [1, 2] as const) {
      const now = steadyOffersOf(1, 'product', 100, generation, 10)
      const next = steadyOffersOf(1, 'product', 101, generation, 10)
      t.equal(now.length, 10)
      t.equal(new Set(now.map(({ id }) => id)).size, 10)
      t.same(now, steadyOffersOf(1, 'product', 100, generation, 10))
      for (const [index, offer] of now.entries()) {
        t.equal(next[index]?.id, offer.id)
        t.not(next[index]?.price, offer.price)
        t.not(next[index]?.items_in_stock, offer.items_in_stock)
        t.ok(offer.price > 0 && offer.items_in_stock > 0)
      }
    }
    t.notSame(steadyOffersOf(1, 'a', 1, 1, 1), steadyOffersOf(1, 'b', 1, 1, 1), 'products differ')
  },
)
