import type { Test } from 'tap'
import { OfferNotFound, ProductNotFound } from '../../../db/errors.ts'
import type { HistoryWindow } from '../../../db/store.ts'
import { DAY_MS, floorTo, HOUR_MS, MINUTE_MS } from '../../../history/time.ts'
import { productTrend, trendOf } from '../../../routes/trend-answer.ts'
import { DOWN } from '../../helper.ts'
import { randomOf } from '../../random.ts'
import { type ContractTests, type Fixture, INTERVAL, offer, refreshed } from '../fixture.ts'
import { compacted, minutesOf } from './observed.ts'

/** With each of these, a version that lacks one of its parts was told of two histories. */
const SEEDS = [4, 6, 10]

const STEPS = 250

/** How far the clock moves in a step, in minutes: mostly on, sometimes far, sometimes back. */
const MOVES = [0, 1, 1, 1, 2, 2, 3, 20, 45, 600, 1440, -1, -30, -700]

/** So many that a few polls fill a chunk. */
const OFFERS = Array.from({ length: 40 }, (_, index) => String(index))

/** The windows that are asked for at the same time; each step replaces one. */
const WINDOWS = 6

/** A window near the present, some in the future, some of full hours. */
function windowNear(now: number, random: (below: number) => number): HistoryWindow {
  const unit = random(2) === 0 ? MINUTE_MS : HOUR_MS
  const to = floorTo(now, unit) + (random(12) - 8) * (random(2) === 0 ? 7 * unit : HOUR_MS)
  return { from: to - random(40) * (random(3) === 0 ? HOUR_MS : unit), to, byHour: random(2) === 0 }
}

/** Does to a product, and to the whole history, what may change what is told of it. */
async function happen(f: Fixture, token: string, random: (below: number) => number): Promise<void> {
  f.time.now += (MOVES[random(MOVES.length)] ?? 0) * MINUTE_MS
  const at = f.time.now
  const polled = { token, at, dueAt: at + INTERVAL }
  const what = random(14)
  if (what < 6) {
    const offers = OFFERS.filter(() => random(6) > 0).map((id) =>
      offer(id, 100 + random(50), random(3)),
    )
    await f.store.settle([{ type: 'refreshed', ...polled, offers }])
  } else if (what < 9) await f.store.settle([{ type: 'unchanged', ...polled }])
  else if (what === 9) await f.store.settle([{ type: 'refresh-failed', ...polled, ...DOWN }])
  else if (what === 10) await f.store.pausePolls({ since: at, until: at + MINUTE_MS })
  else await compacted(f.store, f.time.now, 1 + random(3))
}

/** All that is told of a window, each with its version. */
async function told({ store }: Fixture, id: string, window: HistoryWindow) {
  const asked = { ...window, interval: window.byHour ? '1h' : 'raw' } as const
  const product = await store.productHistory(id, window)
  const offer = await store.offerHistory(id, '1', window)
  return [
    { what: 'product', ...product, text: JSON.stringify(productTrend(id, asked, product)) },
    { what: 'offer', ...offer, text: JSON.stringify(trendOf(asked, offer)) },
  ]
}

async function compare(t: Test, f: Fixture, seed: number): Promise<void> {
  const random = randomOf(seed)
  const { id, token } = await refreshed(f.store, 'x', [offer('1', 1)])
  const windows = Array.from({ length: WINDOWS }, () => windowNear(f.time.now, random))
  const known = new Map<string, string>()
  let same = 0
  for (let step = 0; step < STEPS; step++) {
    await happen(f, token, random)
    for (const window of windows) {
      const withoutPrices = await f.store.productHistoryVersion(id, window)
      for (const { what, version, text } of await told(f, id, window)) {
        if (what === 'product' && version !== withoutPrices) {
          t.equal(withoutPrices, version, `seed ${seed}, step ${step}: ${JSON.stringify(window)}`)
        }
        const place = JSON.stringify([what, window, version])
        const before = known.get(place)
        known.set(place, text)
        if (before === text) same += 1
        else if (before !== undefined) t.equal(text, before, `seed ${seed}, step ${step}: ${place}`)
      }
    }
    windows[random(WINDOWS)] = windowNear(f.time.now, random)
    windows.reverse() // So that the last one, whose version an engine may keep, is the next one.
  }
  t.ok(same > STEPS, 'many windows keep their version')
}

/** Histories that have the same version. */
export function versionContract({ test }: ContractTests): void {
  for (const seed of SEEDS) {
    test(`histories with the same version are the same, with the seed ${seed}`, async (t, f) => {
      await compare(t, f, seed)
    })
  }

  test('the version of a history is told without its prices', async (t, f) => {
    const { window } = minutesOf(f.start)
    const { id, token } = await refreshed(f.store, 'x', [offer('a', 1)])
    const random = randomOf(4)
    for (let step = 0; step < 20; step++) {
      for (const asked of [window(-60, 30), window(0, 20_000, true)]) {
        const { version } = await f.store.productHistory(id, asked)
        t.equal(await f.store.productHistoryVersion(id, asked), version)
        const ofOffer = await f.store.offerHistory(id, 'a', asked)
        t.equal(await f.store.offerHistoryVersion(id, 'a', asked), ofOffer.version)
      }
      await happen(f, token, random)
    }
  })

  test('the version of a history follows the clock, also if it was put back', async (t, f) => {
    const { window } = minutesOf(f.start)
    const { id, token } = await refreshed(f.store, 'x', [offer('a', 1)])
    const polled = { token, at: f.start + 10 * MINUTE_MS, dueAt: f.start + INTERVAL }
    f.time.now = polled.at
    await f.store.settle([{ type: 'unchanged', ...polled }])
    // One window at a time, because an engine may keep the version of the last one.
    for (const end of [7, 11, 30]) {
      for (const now of [5, 7, 6, 8, 6, 8, 9, 10, 11, 12, 20, 40, 12, 7, 40]) {
        f.time.now = f.start + now * MINUTE_MS
        const version = await f.store.productHistoryVersion(id, window(0, end))
        const history = await f.store.productHistory(id, window(0, end))
        t.equal(version, history.version, `a window of ${end} minutes, after ${now}`)
      }
    }
  })

  test('a window of the past keeps its version while its product changes', async (t, f) => {
    const { window } = minutesOf(f.start)
    const { id, token } = await refreshed(f.store, 'x', [offer('a', 1)])
    const poll = async (minutes: number, price: number) => {
      f.time.now = f.start + minutes * MINUTE_MS
      const polled = { token, at: f.time.now, dueAt: f.time.now + INTERVAL }
      await f.store.settle([{ type: 'refreshed', ...polled, offers: [offer('a', price)] }])
    }
    for (let minute = 1; minute <= 62; minute++) await poll(minute, minute)
    const version = () => f.store.productHistoryVersion(id, window(0, 30))
    const before = await version()
    for (let minute = 63; minute <= 70; minute++) await poll(minute, minute)
    t.equal(await version(), before)
    f.time.now += DAY_MS
    t.equal(await version(), before, 'also when nobody polls')
    const unknown = 'ffffffff-ffff-7fff-bfff-ffffffffffff'
    const asked = window(0, 30)
    await t.rejects(f.store.productHistoryVersion(unknown, asked), new ProductNotFound(unknown))
    await t.rejects(f.store.offerHistoryVersion(unknown, 'a', asked), new ProductNotFound(unknown))
    await t.rejects(f.store.offerHistoryVersion(id, 'z', asked), new OfferNotFound(id, 'z'))
  })
}
