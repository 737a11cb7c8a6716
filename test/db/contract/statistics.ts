import type { ObservedOffer } from '../../../db/store.ts'
import { coverageOf } from '../../../history/coverage.ts'
import { perWindow, STATS_WINDOWS } from '../../../history/statistics.ts'
import { UNKNOWN_ID } from '../../routes/helper.ts'
import { type ContractTests, DAY, type Fixture, INTERVAL, offer, refreshed } from '../fixture.ts'
import { compacted, exactly, minutesOf, polls } from './observed.ts'

/** Prices that change every seven hours and some minutes, and times out of stock. */
function manyPolls(count: number): [number, ObservedOffer[]][] {
  return Array.from({ length: count }, (_, index): [number, ObservedOffer[]] => {
    const minutes = (index + 1) * 437
    const price = 1_000 + ((index * 7_919) % 500)
    return [minutes, [offer('x', price, index % 11 === 0 ? 0 : 1), offer('y', 2_000, index % 22)]]
  })
}

/** The figures of each window as the store tells them, and as the history over the same window does. */
async function figures({ store, time }: Fixture, id: string) {
  const { windows, at } = await store.productStatistics(id)
  const told = perWindow((name, ms) => [
    exactly(windows[name]),
    coverageOf(windows[name].covered, at - ms, at),
  ])
  const known = Object.values(STATS_WINDOWS).map(async (ms) => {
    const window = { from: time.now - ms, to: time.now, byHour: false }
    const history = await store.productHistory(id, window)
    return [exactly(history), coverageOf(history.covered, window.from, window.to)]
  })
  return { told: Object.values(told), known: await Promise.all(known) }
}

/** All-time extremes, and the history over the windows of the statistics. */
export function statisticsContract({ test }: ContractTests): void {
  test('extremes are kept with the time at which each was first reached', async (t, f) => {
    const { minute } = minutesOf(f.start)
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 100), offer('y', 300)])
    await polls(f, token, [
      [1, [offer('x', 90, 0), offer('y', 300)]],
      [2, [offer('x', 90), offer('y', 300)]],
      [3, [offer('x', 95), offer('y', 200)]],
      [4, [offer('x', 90, 7), offer('y', 10, 0)]],
      [5, []],
      [6, [offer('y', 300)]],
      [7, [offer('y', 250)]],
    ])
    const { at, lowestPrice, allTime } = await f.store.productStatistics(id)
    t.equal(at, f.time.now)
    t.equal(lowestPrice, 250)
    t.same(allTime, { low: { price: 90, at: minute(2) }, high: { price: 300, at: minute(1) } })
  })

  test('a product without a price has no extremes', async (t, f) => {
    const { id } = await refreshed(f.store, 'without offers', [])
    const sold = await refreshed(f.store, 'sold out', [offer('x', 5, 0)])
    const created = await f.store.createProduct({ name: 'never polled' })
    for (const one of [created.id, id, sold.id]) {
      const { lowestPrice, allTime, windows } = await f.store.productStatistics(one)
      t.same([lowestPrice, allTime], [null, null])
      t.ok(windows['365d'].segments.every(({ low }) => low === null))
    }
    await t.rejects(f.store.productStatistics(UNKNOWN_ID), { code: 'PRODUCT_NOT_FOUND' })
  })

  test('the price of a change made after the clock was put back counts as one', async (t, f) => {
    const { minute } = minutesOf(f.start)
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 100)])
    await polls(f, token, [[60, [offer('x', 50)]]])
    await polls(f, token, [[30, [offer('x', 40)]]])
    const { allTime } = await f.store.productStatistics(id)
    t.same(allTime?.low, { price: 40, at: minute(60) + 1 })
  })

  test('the windows of the statistics are those of the history, rolled up or not', async (t, f) => {
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 1_200)])
    await polls(f, token, manyPolls(1_800)) // A year and a half.
    f.time.now += 17 * INTERVAL
    const raw = await figures(f, id)
    t.same(raw.told, raw.known)
    await compacted(f.store, f.time.now, 400)
    const rolled = await figures(f, id)
    t.same(rolled.told, raw.known, 'summaries of what is still kept poll by poll')
    await compacted(f.store, f.time.now, 60)
    const kept = await figures(f, id)
    t.same(kept.told, kept.known, 'summaries alone')
    t.same(kept.told.slice(0, 3), raw.known.slice(0, 3))
    const { allTime } = await f.store.productStatistics(id)
    t.match(allTime, { low: { price: 1_000 }, high: { price: 2_000 } })
    f.time.now += 500 * DAY
    const later = await figures(f, id)
    t.same(later.told, later.known, 'long after the last change')
  })
  test('the first hour of a history that is younger than the windows counts', async (t, f) => {
    f.time.now += INTERVAL // Not at the beginning of an hour.
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 9_000)])
    await polls(f, token, [[5, [offer('x', 1_000)]], ...manyPolls(250)]) // Many chunks.
    const raw = await figures(f, id)
    t.same(raw.told, raw.known)
    await compacted(f.store, f.time.now, 400)
    t.same((await figures(f, id)).told, raw.known, 'summaries of what is still kept poll by poll')
  })
}
