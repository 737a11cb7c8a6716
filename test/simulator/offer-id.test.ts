import t from 'tap'
import { integerId, uuidId } from '../../simulator/offer-id.ts'

t.test('ids of the second generation are version 4 UUIDs', async (t) => {
  for (let offer = 0; offer < 1000; offer++) {
    t.match(
      uuidId(offer, 5),
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  }
})

t.test('either of the two hashes makes another UUID', async (t) => {
  t.equal(uuidId(1, 2), uuidId(1, 2))
  t.not(uuidId(1, 2), uuidId(1, 3))
  t.not(uuidId(1, 2), uuidId(3, 2))
})

t.test('ids of the first generation are safe integers, to the last', async (t) => {
  t.equal(integerId(0, 0, 0), 0)
  t.equal(integerId(2 ** 32 - 1, 31, 2 ** 30 - 1), Number.MAX_SAFE_INTEGER)
})

t.test('slots and rounds of a product have ids of their own', async (t) => {
  const ids = new Set<number>()
  for (let slot = 0; slot < 20; slot++) {
    for (let round = 0; round < 500; round++) ids.add(integerId(123_456_789, slot, round))
  }
  t.equal(ids.size, 20 * 500)
})
