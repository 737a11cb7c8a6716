import t from 'tap'
import type { WireOffer } from '../../offers/protocol.ts'
import { CACHE_SIZE, createAnswers } from '../../simulator/answers.ts'
import { marketOffers } from '../../simulator/market.ts'
import { PRODUCT } from './helper.ts'

function answersAt(now: number, tickMs = 1000) {
  const time = { now }
  const answers = createAnswers({ generation: 2, seed: 1, tickMs, clock: () => time.now })
  return { answers, time }
}

t.test('a tick is the whole part of time by length', async (t) => {
  t.equal(answersAt(60_999).answers.tick(), 60)
  t.equal(answersAt(61_000).answers.tick(), 61)
})

t.test('answers the market of the tick, and another at the next', async (t) => {
  const { answers, time } = answersAt(60_000)
  t.same(JSON.parse(answers.of(PRODUCT)), marketOffers(1, PRODUCT, 60, 2))
  time.now = 60_999
  t.same(JSON.parse(answers.of(PRODUCT)), marketOffers(1, PRODUCT, 60, 2))
  time.now = 61_000
  t.same(JSON.parse(answers.of(PRODUCT)), marketOffers(1, PRODUCT, 61, 2))
})

t.test('answers the same with more products than the cache holds', async (t) => {
  const { answers } = answersAt(60_000)
  const before = answers.of(PRODUCT)
  for (let index = 0; index < CACHE_SIZE; index++) answers.of(String(index))
  t.equal(answers.of(PRODUCT), before)
})

t.test('a set answer stands until it is unset', async (t) => {
  const { answers, time } = answersAt(60_000)
  answers.set(PRODUCT, [{ price: 'x' }])
  t.equal(answers.of(PRODUCT), '[{"price":"x"}]')
  time.now = 90_000
  t.equal(answers.of(PRODUCT), '[{"price":"x"}]')
  answers.unset(PRODUCT)
  t.same(JSON.parse(answers.of(PRODUCT)), marketOffers(1, PRODUCT, 90, 2))
})

t.test('a reset goes back to the market for all', async (t) => {
  const { answers } = answersAt(60_000)
  answers.set(PRODUCT, null)
  answers.reset()
  t.same(JSON.parse(answers.of(PRODUCT)), marketOffers(1, PRODUCT, 60, 2))
})

t.test('with a number of offers, every product always has that many', async (t) => {
  const answers = createAnswers({ generation: 1, seed: 1, tickMs: 1000, clock: () => 0, offers: 3 })
  t.equal(JSON.parse(answers.of('a')).length, 3)
  t.equal(JSON.parse(answers.of('b')).length, 3)
})

t.test('a lasting offer is always on sale, beside the others of its product', async (t) => {
  const time = { now: 0 }
  const lasting = { productId: 'a', id: 'example' }
  const answers = createAnswers({
    generation: 1,
    seed: 1,
    tickMs: 1,
    clock: () => time.now,
    lasting,
  })
  const plain = createAnswers({ generation: 1, seed: 1, tickMs: 1, clock: () => time.now })
  for (time.now of [0, 1, 1_000, 1_000_000]) {
    const others: WireOffer[] = JSON.parse(plain.of('a'))
    const all: WireOffer[] = JSON.parse(answers.of('a'))
    t.same(all.slice(0, -1), others)
    t.match(all.at(-1), { id: 'example', price: Number, items_in_stock: Number })
    t.equal(answers.of('b'), plain.of('b'))
  }
})
