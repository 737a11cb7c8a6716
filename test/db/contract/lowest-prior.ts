import { type ContractTests, offer, offersOf, refreshed } from '../fixture.ts'
import { polls } from './observed.ts'

/** The lowest price before a reduction. */
export function lowestPriorContract({ test }: ContractTests): void {
  const reductions: [name: string, prices: [day: number, price: number | null][], number | null][] =
    [
      ['nothing was observed before', [[0, 90]], null],
      [
        'it rose',
        [
          [0, 80],
          [1, 90],
        ],
        null,
      ],
      [
        'it fell',
        [
          [0, 100],
          [1, 90],
        ],
        100,
      ],
      [
        'it was lower before it rose',
        [
          [0, 80],
          [5, 100],
          [10, 90],
        ],
        80,
      ],
      [
        'a second reduction during a sale looks back from its own start',
        [
          [0, 100],
          [5, 90],
          [9, 80],
        ],
        90,
      ],
      [
        'the price before counts though it is in force for long',
        [
          [0, 100],
          [100, 90],
        ],
        100,
      ],
      [
        'what ended 30 days before does not count',
        [
          [0, 80],
          [1, 100],
          [32, 90],
        ],
        100,
      ],
      [
        'what ended within 30 days does',
        [
          [0, 80],
          [2, 100],
          [31.5, 90],
        ],
        80,
      ],
      [
        'the window does not slide while it lasts',
        [
          [0, 80],
          [1, 100],
          [5, 90],
          [60, 90],
        ],
        80,
      ],
      [
        'time not on sale does not count',
        [
          [0, 80],
          [1, null],
          [40, 100],
          [41, 90],
        ],
        100,
      ],
      [
        'it comes back lower than it went, too late to compare',
        [
          [0, 80],
          [1, null],
          [40, 70],
        ],
        null,
      ],
      [
        'it comes back lower than it went',
        [
          [0, 80],
          [1, null],
          [20, 70],
        ],
        80,
      ],
      [
        'it comes back higher than it went',
        [
          [0, 80],
          [1, null],
          [20, 90],
        ],
        null,
      ],
      [
        'it ended in the hour in which the window begins',
        [
          [0, 80],
          [1 + 10 / 1440, null],
          [1 + 55 / 1440, 100],
          [31 + 20 / 1440, 90],
        ],
        100,
      ],
      [
        'it ended in that hour and was away for the rest of it',
        [
          [0, 80],
          [1 + 10 / 1440, null],
          [1 + 120 / 1440, 100],
          [31 + 20 / 1440, 90],
        ],
        100,
      ],
      [
        'it was still in force in that hour',
        [
          [0, 80],
          [1 + 30 / 1440, 100],
          [31 + 20 / 1440, 90],
        ],
        80,
      ],
      [
        'it comes back as it was, reduced',
        [
          [0, 80],
          [1, 70],
          [2, null],
          [20, 70],
        ],
        80,
      ],
    ]
  for (const [name, prices, expected] of reductions) {
    test(`the lowest prior price where ${name}`, async (t, f) => {
      const [first, ...rest] = prices
      const { id, token } = await refreshed(f.store, 'a', [offer('x', first?.[1] ?? 0)])
      await polls(
        f,
        token,
        rest.map(([day, price]) => [day * 24 * 60, price === null ? [] : [offer('x', price)]]),
      )
      const [now] = (await offersOf(f.store, id)).items
      t.equal(now?.lowest_prior_30d, expected)
      const [then] = (await f.store.offersAt(id, f.time.now)).items
      t.same(then, now)
    })
  }
}
