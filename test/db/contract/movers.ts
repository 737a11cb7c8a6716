import type { ObservedOffer } from '../../../db/store.ts'
import { isAtLow, LOW_WINDOWS } from '../../../history/at-low.ts'
import { HOUR_MS, MINUTE_MS } from '../../../history/time.ts'
import { figuresOf } from '../../../history/trend.ts'
import { UNKNOWN_ID } from '../../routes/helper.ts'
import { type ContractTests, DAY, type Fixture, offer, refreshed } from '../fixture.ts'
import { collected, compacted, polls } from './observed.ts'

/** A day and some hours, in minutes. */
const STEP = 1_500

/** The prices of a product, a day and an hour apart. */
const path = (...prices: number[]): [number, ObservedOffer[]][] =>
  prices.map((price, index) => [index * STEP + 7, price === 0 ? [] : [offer('x', price)]])

/** Fourteen months of prices that end lower than they were before. */
const PATHS = {
  falling: path(...Array.from({ length: 400 }, (_, n) => 1_000 - n)),
  'lowest long ago': path(...Array.from({ length: 400 }, (_, n) => (n < 60 ? 10 + n : 900 - n))),
  'lowest two months ago': path(
    ...Array.from({ length: 400 }, (_, n) => (n === 340 ? 1 : 900 - n)),
  ),
  'lowest last week': path(...Array.from({ length: 400 }, (_, n) => (n === 393 ? 1 : 900 - n))),
  'as low as long ago': path(...Array.from({ length: 400 }, (_, n) => (n === 50 ? 501 : 900 - n))),
  'often out of stock': path(...Array.from({ length: 400 }, (_, n) => (n % 3 === 1 ? 0 : 900 - n))),
  'low long ago, often out of stock': path(
    ...Array.from({ length: 400 }, (_, n) => (n < 20 ? 10 + n : n % 3 === 1 ? 0 : 900 - n)),
  ),
  'as low as for a month': path(...Array.from({ length: 400 }, (_, n) => (n % 19 ? 700 : 500))),
}

/** Whether each product is at its low of each window, as the statistics and as `atLow` tell. */
async function lows({ store, time }: Fixture, ids: Map<string, string>) {
  const changes = await collected(store.lowestChanges(time.now - 25 * DAY))
  const told: Record<string, string[]> = {}
  const known: Record<string, string[]> = {}
  for (const [window, ms] of Object.entries(LOW_WINDOWS)) {
    const found = await store.atLow(changes, Math.max(0, time.now - ms))
    told[window] = found.map(({ name }) => name)
    known[window] = []
    for (const [name, id] of ids) {
      const { allTime, lowestPrice, windows } = await store.productStatistics(id)
      const figures = Object.entries(windows).map(
        ([name, { segments }]) => [name, figuresOf(segments)] as const,
      )
      const { low = null, high = null } = new Map(figures).get(window as keyof typeof windows) ?? {
        low: allTime?.low.price,
        high: allTime?.high.price,
      }
      if (isAtLow(lowestPrice, { low, high })) known[window].push(name)
    }
  }
  return { told, known }
}

/** Which products are compared, and which prices are at their low, as tests for an engine. */
export function moversContract({ test }: ContractTests): void {
  test('only products that pass the filter are compared', async (t, { store, start }) => {
    for (const [name, price, tags] of [
      ['a', 10, []],
      ['b', 20, ['x']],
      ['c', 30, ['x', 'y']],
      ['d', 40, ['y', 'X', 'x']],
      ['e', 50, ['xy']],
    ] as const) {
      const { id } = await refreshed(store, name, [offer('o', price)])
      await store.updateProduct(id, { tags: [...tags] })
    }
    const all = { min: 0, max: Number.MAX_SAFE_INTEGER }
    for (const [filter, names] of [
      [{}, 'abcde'],
      [{ tags: [] }, 'abcde'],
      [{ tags: ['x'] }, 'bcd'],
      [{ tags: ['x', 'y'] }, 'cd'],
      [{ tags: ['X', 'x', 'y'] }, 'd'],
      [{ tags: ['none'] }, ''],
      [{ prices: all }, 'abcde'],
      [{ prices: { min: 20, max: 40 } }, 'bcd'],
      [{ prices: { min: 41, max: 49 } }, ''],
      [{ prices: { min: 40, max: 20 } }, ''],
      [{ prices: { min: 31, max: 99 }, tags: ['x'] }, 'd'],
    ] as const) {
      const { tags, prices } = { tags: undefined, prices: undefined, ...filter }
      const found = await collected(
        store.lowestChanges(start, { prices, ...(tags && { tags: [...tags] }) }),
      )
      t.equal(found.map(({ name }) => name).join(''), names, JSON.stringify(filter))
    }
  })

  test('prices are at their low as the statistics tell, polled or rolled up', async (t, f) => {
    const ids = new Map<string, string>()
    const tokens = new Map<string, string>()
    for (const name of Object.keys(PATHS)) {
      const { id, token } = await refreshed(f.store, name, [offer('x', 2_000)])
      ids.set(name, id)
      tokens.set(name, token)
    }
    for (const [name, found] of Object.entries(PATHS)) {
      await polls(f, tokens.get(name) ?? '', found)
    }
    const { told, known } = await lows(f, ids)
    t.same(told, known)
    t.equal(told.all?.includes('falling'), true)
    t.equal(told['30d']?.includes('lowest last week'), false)
    t.equal(told['90d']?.includes('lowest two months ago'), false)
    await compacted(f.store, f.time.now, 1)
    t.same((await lows(f, ids)).told, known)
  })

  test('prices are at their low as the statistics tell after the clock was put back', async (t, f) => {
    const ids = new Map<string, string>()
    for (const [name, future] of Object.entries({
      'lower for a while': [1, 500],
      'higher for a while': [900, 500],
      'as low as before': [800],
    })) {
      f.time.now = f.start
      const { id, token } = await refreshed(f.store, name, [offer('x', 900)])
      ids.set(name, id)
      await polls(f, token, path(900, 700, 800, 850, ...future))
    }
    f.time.now = f.start + 3 * STEP * MINUTE_MS + HOUR_MS
    const { told, known } = await lows(f, ids)
    t.same(told, known)
    t.same(told['30d'], ['lower for a while', 'higher for a while'])
    t.same(told.all, ['higher for a while'])
  })

  test('a product that is gone is not at its low', async (t, { store }) => {
    const gone = { productId: UNKNOWN_ID, name: 'gone', first: 2, last: 1 }
    t.same(await store.atLow([gone], 0), [])
    t.same(await store.atLow([], 0), [])
  })
}
