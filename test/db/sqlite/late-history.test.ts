/** What is observed once the clock was put back: in time that was rolled up already, or after it. */
import t, { type Test } from 'tap'
import type { ObservedOffer, Store } from '../../../db/store.ts'
import { DAY_MS, floorTo, HOUR_MS, MINUTE_MS } from '../../../history/time.ts'
import { bucketsOf, figuresOf } from '../../../history/trend.ts'
import { storeOfOneProduct } from './one-product.ts'

const NOON = Date.UTC(2026, 5, 15, 12)

const offer = (price: number, items_in_stock = 1): ObservedOffer[] => [
  { id: 'a', price, items_in_stock },
]

/** A store with a product that was first polled at a time, and a clock that can be set. */
async function start(t: Test, begin: number) {
  const { store, time, id, token } = await storeOfOneProduct(t, begin)
  await store.settle([{ type: 'registered', token, at: begin }])

  return {
    store,
    id,
    time,
    /** Sets the clock, and finds a price, and others in the minutes after it. */
    async poll(at: number, ...prices: number[]): Promise<void> {
      for (const [minute, price] of prices.entries()) {
        time.now = at + minute * MINUTE_MS
        const outcome = { token, at: time.now, dueAt: time.now, offers: offer(price) }
        await store.settle([{ type: 'refreshed', ...outcome }])
      }
    },
    /** Sets the clock and compacts like the service, keeping this many days. */
    async compact(at: number, rawDays = 35): Promise<void> {
      time.now = at
      const compaction = {
        rollBefore: floorTo(at - HOUR_MS, DAY_MS),
        rawBefore: at - rawDays * DAY_MS,
        changesBefore: 0,
      }
      while (await store.compact(compaction));
    },
  }
}

/** The hours in a window, and its figures, from the rollups and from what is kept in full. */
async function told(store: Store, id: string, from: number, to: number) {
  const read = async (byHour: boolean) => {
    const window = { from, to, byHour }
    const { segments, offers } = await store.productHistory(id, window)
    const ofOffer = await store.offerHistory(id, 'a', window)
    return {
      ends: offers,
      figures: figuresOf(segments),
      hours: [...bucketsOf(segments, HOUR_MS)],
      hoursOfOffer: [...bucketsOf(ofOffer.segments, HOUR_MS)],
    }
  }
  return { raw: await read(false), byHour: await read(true) }
}

/** So many prices as fill chunks. */
const many = (first: number) => Array.from({ length: 250 }, (_, n) => first + (n % 7))

for (const [what, ahead] of [
  ['16 hours', 16 * HOUR_MS],
  ['24 hours', DAY_MS],
  ['40 days, longer than polls are kept', 40 * DAY_MS],
] as const) {
  t.test(`the clock is ahead by ${what} while the history is compacted, and back`, async (t) => {
    const { store, id, time, poll, compact } = await start(t, NOON - DAY_MS)
    await poll(NOON - DAY_MS, 100, ...many(90))
    await poll(NOON + 2 * MINUTE_MS, 80, 110)
    await compact(NOON + 4 * MINUTE_MS)
    await compact(NOON + ahead)
    await poll(NOON + 10 * MINUTE_MS, 70, 60, 120)
    await poll(NOON + 3 * HOUR_MS + 5 * MINUTE_MS, 50, 75)
    time.now = NOON + 6 * HOUR_MS
    const before = await told(store, id, NOON, time.now)
    t.strictSame(before.byHour, before.raw)
    t.match(before.raw.figures, { low: 50, high: 120 })

    for (const days of [1, 2, 60]) {
      await compact(NOON + days * DAY_MS)
      t.strictSame(await told(store, id, NOON, NOON + 6 * HOUR_MS), before, `${days} days later`)
    }
    await poll(time.now, ...many(200))
    await compact(time.now + 40 * DAY_MS, 30)
    const { raw, byHour } = await told(store, id, NOON, NOON + 6 * HOUR_MS)
    t.strictSame(raw, before.raw, 'once the polls are gone')
    t.strictSame(byHour, before.raw)
  })
}

t.test('the clock is put back by two hours when the day has just been rolled up', async (t) => {
  const midnight = NOON + 12 * HOUR_MS
  const { store, id, time, poll, compact } = await start(t, NOON)
  await poll(NOON, 100)
  await poll(midnight - HOUR_MS + 5 * MINUTE_MS, 90, 95)
  await compact(midnight + HOUR_MS + 20 * MINUTE_MS)
  await poll(midnight - 40 * MINUTE_MS, 70, 85)
  await compact(midnight - 35 * MINUTE_MS)
  await poll(midnight - 20 * MINUTE_MS, 60)
  await poll(midnight + 10 * MINUTE_MS, 65)
  time.now = midnight + HOUR_MS
  const before = await told(store, id, NOON, time.now)
  t.strictSame(before.byHour, before.raw)
  t.match(before.raw.hours.at(11), { open: 100, close: 60, low: 60, high: 100 })
  await compact(midnight + HOUR_MS + 20 * MINUTE_MS)
  t.strictSame(await told(store, id, NOON, midnight + HOUR_MS), before)
  await poll(midnight + 2 * HOUR_MS, ...many(200))
  await compact(midnight + 20 * DAY_MS, 1)
  t.strictSame((await told(store, id, NOON, midnight + HOUR_MS)).raw, before.raw)
})

t.test('the clock steps ahead and back many times, with compaction in between', async (t) => {
  const { store, id, time, poll, compact } = await start(t, NOON)
  const control = await start(t, NOON)
  const steps = [DAY_MS, 2 * HOUR_MS, 16 * HOUR_MS, 3 * DAY_MS, 25 * HOUR_MS, 40 * DAY_MS]
  for (const [index, ahead] of steps.entries()) {
    const at = NOON + index * 7 * HOUR_MS + index * 11 * MINUTE_MS
    const prices = [100 - index, 80 + index, 90, ...many(60 + index)]
    await poll(at, ...prices)
    await control.poll(at, ...prices)
    await compact(at + ahead, 2)
    await compact(at + 5 * HOUR_MS, 2)
  }
  const end = NOON + 45 * HOUR_MS
  time.now = end
  control.time.now = end
  const window = [floorTo(NOON, HOUR_MS), end] as const
  const expected = await told(control.store, control.id, ...window)
  t.strictSame((await told(store, id, ...window)).byHour, expected.raw)
  await compact(end + 50 * DAY_MS, 1)
  t.strictSame((await told(store, id, ...window)).raw, expected.raw)
})

/** All that says what the price is now says the same. */
async function expectNow(
  t: Test,
  { store, id, time }: Awaited<ReturnType<typeof start>>,
  price: number,
  before: number,
): Promise<void> {
  const { now } = time
  const { items } = JSON.parse(await store.offers(id))
  t.equal(items[0].price, price)
  t.same((await store.offersAt(id, now)).items, items)
  t.same((await store.offersAt(id, now + DAY_MS)).items, items)
  t.equal((await store.offersAt(id, now - 1)).items[0]?.price, before)
  for (const byHour of [false, true]) {
    for (const from of [now - 2 * HOUR_MS, now - 3 * DAY_MS, now]) {
      const window = { from, to: now, byHour }
      const { segments, offers } = await store.productHistory(id, window)
      const { segments: ofOffer } = await store.offerHistory(id, 'a', window)
      t.match(segments.at(-1), { close: price, until: now })
      t.match(ofOffer.at(-1), { close: price, until: now })
      t.equal(offers[0]?.last, price)
      t.ok(segments.every(({ from, until }) => from <= until && until <= now))
    }
  }
  const window = { from: now - 2 * HOUR_MS, to: now }
  const records = (await Array.fromAsync(store.prices(window, id))).flat()
  t.match(records.at(-1), { price })
  t.ok(records.every(({ at }) => Date.parse(at) <= now))
  const early = await store.productHistory(id, { ...window, to: now - 1, byHour: false })
  t.equal(early.segments.at(-1)?.close, before, 'before now it is told as it was known')
}

for (const [what, ahead] of [
  ['an hour', HOUR_MS],
  ['a day', DAY_MS],
  ['40 days, longer than polls are kept', 40 * DAY_MS],
] as const) {
  t.test(`what was found while the clock was ahead by ${what} counts as of now`, async (t) => {
    const late = await start(t, NOON - DAY_MS)
    const { store, id, time, poll, compact } = late
    await poll(NOON - DAY_MS, 100, ...many(90))
    await compact(NOON)
    await poll(NOON + ahead, 80, 70)
    await compact(NOON + ahead + 3 * HOUR_MS)
    time.now = NOON + 2 * MINUTE_MS
    const before = (await store.offersAt(id, NOON + 1)).items[0]?.price ?? 0
    await expectNow(t, late, 70, before)
    await poll(NOON + 5 * MINUTE_MS, 60)
    await expectNow(t, late, 60, before)
    await compact(time.now)
    await expectNow(t, late, 60, before)

    time.now = NOON + ahead + HOUR_MS
    const window = { from: NOON, to: time.now, byHour: false }
    const { segments } = await store.offerHistory(id, 'a', window)
    const prices = segments.slice(-3).map(({ from, close }) => [from - NOON - ahead, close])
    t.same(prices, [
      [0, 80],
      [MINUTE_MS, 70],
      [MINUTE_MS + 1, 60],
    ])
  })
}

t.test('the same if only polls from the future are kept', async (t) => {
  const late = await start(t, NOON - DAY_MS)
  await late.poll(NOON - DAY_MS, 100, ...many(90))
  await late.poll(NOON + 40 * DAY_MS, ...many(80), 70)
  await late.compact(NOON + 90 * DAY_MS, 1)
  late.time.now = NOON + 2 * MINUTE_MS
  await expectNow(t, late, 70, 90 + (249 % 7))
})
