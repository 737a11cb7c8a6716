import t from 'tap'
import { pinched } from '../../web/product/pinch.ts'

const range = { from: 1000, to: 2000 }

for (const [what, fingers, wanted] of [
  [
    'apart',
    [
      [40, 20],
      [60, 80],
    ],
    { centre: 1500, length: 1000 / 3 },
  ],
  [
    'together',
    [
      [20, 40],
      [80, 60],
    ],
    { centre: 1500, length: 3000 },
  ],
  [
    'aside',
    [
      [20, 30],
      [60, 70],
    ],
    { centre: 1400, length: 1000 },
  ],
  [
    'across each other',
    [
      [40, 60],
      [60, 40],
    ],
    { centre: 1500, length: 1000 },
  ],
  [
    'from one place',
    [
      [50, 0],
      [50, 100],
    ],
    { centre: 1500, length: 160 },
  ],
] as const) {
  t.test(`fingers that move ${what} keep the times under them`, async (t) => {
    const [one, other] = fingers
    const finger = ([start, now]: readonly [number, number]) => ({ start, now })
    const { centre, length } = pinched(range, 100, [finger(one), finger(other)])
    t.ok(Math.abs(centre - wanted.centre) < 0.001, `${centre}`)
    t.ok(Math.abs(length - wanted.length) < 0.001, `${length}`)
  })
}
