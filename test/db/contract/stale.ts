import type { RefreshState } from '../../../schemas/refresh-state.ts'
import { toTime } from '../../../schemas/to-time.ts'
import { DOWN } from '../../helper.ts'
import { type ContractTests, INTERVAL, refreshed } from '../fixture.ts'
import {
  type Outcomes,
  pending,
  polled,
  pollFailed,
  registered,
  registrationFailed,
  rejected,
} from './outcomes.ts'

const FINE = { failures: 0, fault: null, message: null, failed_at: null }

/** What a product says of its work, in a test that begins at `start`. Times are in ms after that. */
function timesFrom(start: number) {
  const at = (ms: number) => toTime(start + ms)
  return {
    at,
    failed: (ms: number, failures = 1) => ({ ...DOWN, failures, failed_at: at(ms) }),
    rejection: (ms: number, failures: number) => ({
      next_at: null,
      failures,
      fault: 'rejected' as const,
      message: 'too short',
      failed_at: at(ms),
    }),
  }
}
type Times = ReturnType<typeof timesFrom>

/** Outcomes, and the state of the product after them. */
type Step = [outcomes: Outcomes, expected: RefreshState]

const registeredAndPolled: Outcomes = (token, start) => [
  ...registered(1)(token, start),
  ...polled(1)(token, start),
]

/** Why a product is stale: what it says of its work, and how it counts. */
export function staleContract({ test }: ContractTests): void {
  const STORIES: [name: string, steps: (times: Times) => Step[]][] = [
    [
      'one that cannot be registered at first',
      ({ at, failed }) => [
        [() => [], { next_at: at(0), ...FINE }],
        [registrationFailed(1, 5), { next_at: at(5), ...failed(1) }],
        [registrationFailed(6, 9), { next_at: at(9), ...failed(6, 2) }],
        [registered(9), { next_at: at(9), ...FINE }],
        [polled(10), { next_at: at(70), ...FINE }],
      ],
    ],
    [
      'one whose polls fail',
      ({ at, failed }) => [
        [registeredAndPolled, { next_at: at(61), ...FINE }],
        [pollFailed('refresh-failed', 61, 62), { next_at: at(62), ...failed(61) }],
        [pollFailed('refresh-failed', 62, 64), { next_at: at(64), ...failed(62, 2) }],
        [
          (token, start) => [{ type: 'postponed', token, dueAt: start + 66 }],
          { next_at: at(66), ...failed(62, 2) },
        ],
        [(token) => [{ type: 'released', token }], { next_at: at(66), ...failed(62, 2) }],
        [
          (token, start) => [{ type: 'unchanged', token, at: start + 66, dueAt: start + 126 }],
          { next_at: at(126), ...FINE },
        ],
        [pollFailed('refresh-failed', 126, 127), { next_at: at(127), ...failed(126) }],
        [polled(127), { next_at: at(187), ...FINE }],
      ],
    ],
    [
      'one that the Offers service has forgotten',
      ({ at, failed }) => [
        [registeredAndPolled, { next_at: at(61), ...FINE }],
        [pollFailed('forgotten', 61, 70), { next_at: at(70), ...failed(61) }],
        [registrationFailed(70, 75), { next_at: at(75), ...failed(70) }],
        [registered(75), { next_at: at(75), ...FINE }],
      ],
    ],
    [
      'one that is rejected',
      ({ at, failed, rejection }) => [
        [registrationFailed(1, 5), { next_at: at(5), ...failed(1) }],
        [rejected(5), rejection(5, 2)],
      ],
    ],
    [
      'one that is rejected though it was registered',
      ({ at, rejection }) => [
        [registeredAndPolled, { next_at: at(61), ...FINE }],
        [rejected(70), rejection(70, 1)],
      ],
    ],
    [
      'one that is rejected after it was forgotten',
      ({ at, failed, rejection }) => [
        [registeredAndPolled, { next_at: at(61), ...FINE }],
        [pollFailed('forgotten', 61, 70), { next_at: at(70), ...failed(61) }],
        [rejected(70), rejection(70, 1)],
      ],
    ],
  ]
  for (const [name, steps] of STORIES) {
    test(`a product reports the state of its work: ${name}`, async (t, { store, start }) => {
      const { id, token } = await pending(store, 'a')
      for (const [index, [outcomes, expected]] of steps(timesFrom(start)).entries()) {
        await store.settle(outcomes(token, start))
        t.strictSame((await store.product(id)).refresh, expected, `step ${index}`)
        const page = await store.products({ sort: 'name', words: [], limit: 1 })
        t.strictSame(page.items[0]?.refresh, expected)
      }
    })
  }

  test('a product reports no failures from before it was registered again', async (t, f) => {
    const { store } = f
    const { at } = timesFrom(f.start)
    const { id, token } = await pending(store, 'a')
    await store.settle([{ type: 'rejected', token, version: 1, reason: 'no', at: f.start }])
    t.strictSame((await store.updateProduct(id, { name: 'b' })).refresh, {
      next_at: at(0),
      ...FINE,
    })
    const [task] = await store.takeRegistrations(f.start, 1)
    await store.settle([
      {
        type: 'registration-failed',
        token: task?.token ?? '',
        at: f.start,
        dueAt: f.start + 9,
        ...DOWN,
      },
    ])
    const credentials = { account: 'a', accessToken: 't', expiresAt: null }
    await store.saveCredentials(credentials, await store.credentials(), { at: f.start + 1 })
    t.strictSame((await store.product(id)).refresh, { next_at: at(1), ...FINE })
  })

  test('a new product says when it is due for registration, also if the clock was put back', async (t, f) => {
    const { store, time } = f
    await store.createProduct({ name: 'a' })
    time.now -= INTERVAL
    const made = await store.createProduct({ name: 'b' })
    t.strictSame(made.refresh, { next_at: toTime(time.now), ...FINE })
    t.strictSame(await store.product(made.id), made)
  })

  const FRESHNESS: [what: string, outcomes: Outcomes, failing: number, within: number][] = [
    ['that is fresh', () => [], 0, 1],
    ['that fails, and is fresh yet', pollFailed('refresh-failed', 1, 2), 1, 1],
    [
      'that recovered',
      (token, start) => [
        ...pollFailed('refresh-failed', 1, 2)(token, start),
        ...polled(2)(token, start),
      ],
      0,
      1,
    ],
    ['that waits to be registered anew', pollFailed('forgotten', 1, 2), 1, 1],
    [
      'that was rejected then, and is polled no more',
      (token, start) => [
        ...pollFailed('forgotten', 1, 2)(token, start),
        ...rejected(3)(token, start),
      ],
      0,
      1,
    ],
  ]
  for (const [what, outcomes, failing, within] of FRESHNESS) {
    test(`freshness counts a product ${what}`, async (t, { store, time, start }) => {
      const { token } = await refreshed(store, 'a', [])
      await store.settle(outcomes(token, start))
      time.now += 10
      t.match(await store.freshness(start), { failing, within })
    })
  }

  test('a product that waits for its registration is not within the target', async (t, f) => {
    const { store, time } = f
    await refreshed(store, 'fresh', [])
    const forgotten = await refreshed(store, 'forgotten', [])
    await store.settle(pollFailed('forgotten', 1, 2)(forgotten.token, f.start))
    await store.createProducts([{ name: 'new' }, { name: 'newer' }])
    t.match(await store.freshness(f.start), { within: 0.5 })
    t.match(await store.freshness(f.start + 1), { within: 0 })
    time.now = f.start - 1
    t.match(await store.freshness(f.start - INTERVAL), { within: 0 }, 'checked in the future')
  })
}
