import t from 'tap'
import { type Direction, type LowestChange, Movers } from '../../history/movers.ts'

const product = (productId: string, first: number, last: number): LowestChange => ({
  productId,
  name: `Product ${productId}`,
  first,
  last,
})

/** Those that moved most, with the batches given one after the other. */
function moversOf(direction: Direction, limit: number, ...batches: LowestChange[][]) {
  const movers = new Movers(direction, limit)
  for (const batch of batches) movers.add(batch)
  return movers.list()
}

const idsOf = (list: LowestChange[]) => list.map(({ productId }) => productId).join('')

const CHANGES = [
  product('a', 100, 90),
  product('b', 100, 110),
  product('c', 1000, 500),
  product('d', 10, 30),
  product('e', 100, 100),
  product('f', 200, 0),
  product('g', 0, 100),
  product('h', 0, 0),
  product('i', 1_000_000, 999_999),
  product('j', 1_000_000, 1_000_001),
]

const cases: [what: string, direction: Direction, limit: number, ids: string][] = [
  ['drops, the greatest first', 'drop', 10, 'fcai'],
  ['rises, the greatest first', 'rise', 10, 'dbj'],
  ['as many drops as there are', 'drop', 4, 'fcai'],
  ['the greatest drops', 'drop', 2, 'fc'],
  ['the greatest rise', 'rise', 1, 'd'],
  ['none', 'drop', 0, ''],
]
for (const [what, direction, limit, ids] of cases) {
  t.test(`finds ${what}: at most ${limit}`, async (t) => {
    t.equal(idsOf(moversOf(direction, limit, CHANGES)), ids)
  })
}

t.test('computes the figures of a drop', async (t) => {
  t.strictSame(moversOf('drop', 1, [product('a', 44_900, 41_900)]), [
    {
      ...{ productId: 'a', name: 'Product a', first: 44_900, last: 41_900 },
      ...{ absolute: -3000, percent: -6.68 },
    },
  ])
})

t.test('computes the figures of a rise', async (t) => {
  t.strictSame(moversOf('rise', 1, [product('a', 3, 5)]), [
    { productId: 'a', name: 'Product a', first: 3, last: 5, absolute: 2, percent: 66.67 },
  ])
})

const percents: [direction: Direction, first: number, last: number, percent: number][] = [
  ['drop', 100, 0, -100],
  ['drop', 800, 799, -0.13],
  ['rise', 800, 801, 0.13],
  // 14.375 and 1.005 exactly, which binary fractions miss.
  ['drop', 160, 137, -14.38],
  ['rise', 160, 183, 14.38],
  ['drop', 20_000, 19_799, -1.01],
  ['rise', 20_000, 20_201, 1.01],
  ['drop', 1_000_000, 999_999, 0],
  ['rise', 1_000_000, 1_000_001, 0],
]
for (const [direction, first, last, percent] of percents) {
  t.test(`a move from ${first} to ${last} is ${percent} %`, async (t) => {
    const [mover] = moversOf(direction, 1, [product('a', first, last)])
    t.ok(Object.is(mover?.percent, percent), `${mover?.percent}`)
  })
}

t.test('those that moved alike come by id, however their prices differ', async (t) => {
  const alike = [product('c', 30, 27), product('a', 1000, 900), product('b', 70, 63)]
  t.equal(idsOf(moversOf('drop', 10, alike)), 'abc')
  t.equal(idsOf(moversOf('drop', 2, alike)), 'ab')
})

t.test('percents that look alike when rounded come in their true order', async (t) => {
  const near = [product('a', 1_000_000, 1_100_001), product('b', 1_000_000, 1_100_002)]
  t.equal(idsOf(moversOf('rise', 2, near)), 'ba')
})

t.test('finds the same in one batch as in many', async (t) => {
  for (const direction of ['drop', 'rise'] as const) {
    const changes = Array.from({ length: 500 }, (_, index) =>
      product(String(index).padStart(3, '0'), 100 + (index % 7), 50 + ((index * 37) % 113)),
    )
    const batches = changes.map((change) => [change])
    const found = moversOf(direction, 20, ...batches)
    t.equal(found.length, 20)
    t.strictSame(found, moversOf(direction, 20, changes))
    t.strictSame(found, moversOf(direction, 500, changes).slice(0, 20))
  }
})

t.test('only those count that moved by at least so much', async (t) => {
  for (const [direction, least, ids] of [
    ['drop', 1, 'fcai'],
    ['drop', 10, 'fca'],
    ['drop', 11, 'fc'],
    ['drop', 501, ''],
    ['rise', 10, 'db'],
    ['rise', 20, 'd'],
  ] as const) {
    const movers = new Movers(direction, 10, least)
    movers.add(CHANGES)
    t.equal(idsOf(movers.list()), ids)
    t.equal(idsOf(new Movers(direction, 10, least).contenders(CHANGES)), [...ids].sort().join(''))
  }
})

t.test('contenders are those that would be among the best so far', async (t) => {
  const movers = new Movers('drop', 2)
  t.equal(idsOf(movers.contenders(CHANGES)), 'acfi')
  movers.add([product('m', 100, 90), product('n', 100, 80)])
  const next = [product('a', 10, 9), product('b', 100, 91), product('c', 10, 5), product('d', 1, 9)]
  t.equal(idsOf(movers.contenders(next)), 'ac')
  t.equal(idsOf(movers.list()), 'nm')
})

t.test('without any change there are no movers', async (t) => {
  t.strictSame(moversOf('drop', 10), [])
  t.strictSame(moversOf('rise', 10, []), [])
})

t.test('a list that was given stays as it was', async (t) => {
  const movers = new Movers('drop', 1)
  movers.add([product('a', 100, 90)])
  const before = movers.list()
  movers.add([product('b', 100, 80)])
  t.equal(idsOf(before), 'a')
  t.equal(idsOf(movers.list()), 'b')
})
