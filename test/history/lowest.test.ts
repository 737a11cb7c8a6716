import t from 'tap'
import { lowestOf } from '../../history/lowest.ts'

const MAX = Number.MAX_SAFE_INTEGER

const lowest: [what: string, offers: [price: number, stock: number][], [number, number] | null][] =
  [
    ['no offers', [], null],
    ['one offer', [[100, 5]], [100, 5]],
    ['an offer that is sold out', [[100, 0]], null],
    [
      'the cheapest sold out',
      [
        [100, 0],
        [200, 3],
      ],
      [200, 3],
    ],
    [
      'the cheapest first',
      [
        [100, 5],
        [200, 3],
      ],
      [100, 5],
    ],
    [
      'the cheapest last',
      [
        [200, 3],
        [100, 5],
      ],
      [100, 5],
    ],
    [
      'several at the lowest price, whose stocks add up',
      [
        [100, 5],
        [200, 3],
        [100, 7],
        [100, 0],
      ],
      [100, 12],
    ],
    [
      'several at a price that is not the lowest',
      [
        [200, 3],
        [200, 4],
        [100, 1],
      ],
      [100, 1],
    ],
    [
      'one for nothing',
      [
        [5, 1],
        [0, 2],
      ],
      [0, 2],
    ],
    ['the highest price there is', [[MAX, 1]], [MAX, 1]],
    [
      'stocks that add up to more than a number holds',
      [
        [100, MAX],
        [100, 7],
        [100, MAX],
      ],
      [100, MAX],
    ],
  ]
for (const [what, offers, expected] of lowest) {
  t.test(`the lowest price among offers: ${what}`, async (t) => {
    const found = lowestOf(offers.map(([price, itemsInStock]) => ({ price, itemsInStock })))
    t.strictSame(found, expected && { price: expected[0], itemsInStock: expected[1] })
  })
}
