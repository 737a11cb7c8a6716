import type { ObservedOffer } from '../../../db/store.ts'
import { pointsOf } from '../../../history/trend.ts'
import { type ContractTests, INTERVAL, offer, refreshed } from '../fixture.ts'
import { collected, compacted, exactly, HOUR, minutesOf, polls, stocks } from './observed.ts'

type Found = [minutes: number, offers: ObservedOffer[]]

/** Movers, and a history that was rolled up into hours. */
export function rolledUpContract({ test }: ContractTests): void {
  test('the lowest prices of now are compared with those of then', async (t, f) => {
    const { minute } = minutesOf(f.start)
    const a = await refreshed(f.store, 'a', [offer('x', 10)])
    const b = await refreshed(f.store, 'b', [offer('x', 10)])
    await refreshed(f.store, 'never', [])
    await polls(f, a.token, [
      [60, [offer('x', 20)]],
      [120, [offer('x', 15)]],
    ])
    await polls(f, b.token, [[60, []]])
    const since = async (minutes: number) => await collected(f.store.lowestChanges(minute(minutes)))
    t.same(await since(90), [{ productId: a.id, name: 'a', first: 20, last: 15 }])
    t.match(await since(-90), [{ first: 10, last: 15 }])
    f.time.now = minute(-60)
    t.same(await since(-90), [], 'the clock stepped back: that is the future')
  })

  test('a rolled-up history gives the same answers by the hour', async (t, f) => {
    const { window } = minutesOf(f.start)
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 100, 5), offer('y', 300)])
    const days = 40
    const found: Found[] = []
    for (let hour = 1; hour < days * 24; hour += 1) {
      const price = 100 + ((hour * 37) % 41)
      const y = hour > 500 && hour < 700 ? [] : [offer('y', 300)]
      found.push([hour * 60 + 7, [offer('x', price, hour % 9), ...y]])
      if (hour % 5 === 0) found.push([hour * 60 + 20, [offer('x', price - 20, 1), ...y]])
    }
    await polls(f, token, found)
    const end = f.time.now
    const windows: [number, number][] = [
      [-600, days * 1440],
      [3 * 60, 20 * 1440],
      [10 * 60, 11 * 60],
      [30 * 1440, 39 * 1440],
    ]
    const figures = async () =>
      await Promise.all(
        windows.flatMap(([from, to]) =>
          [false, true].map(async (byHour) => {
            const x = await f.store.offerHistory(id, 'x', window(from, to, byHour))
            const product = await f.store.productHistory(id, window(from, to, byHour))
            const y = await f.store.offerHistory(id, 'y', window(from, to, byHour))
            const all = [x, product, y]
            return [all.map(exactly), all.map(stocks), product.offers]
          }),
        ),
      )
    const before = await figures()
    const moments = [3, 25, 501, 600, 701].map((hour) => f.start + hour * HOUR + 59 * INTERVAL)
    const offersAt = async () =>
      await Promise.all(
        moments.map(async (at) =>
          (await f.store.offersAt(id, at)).items.map(({ changed_at: _, ...rest }) => rest),
        ),
      )
    const then = await offersAt()
    const lowest = await collected(f.store.lowestChanges(f.start + 10 * HOUR))
    await compacted(f.store, end, 1)
    t.same(await figures(), before)
    t.same(await offersAt(), then)
    t.same(await collected(f.store.lowestChanges(f.start + 10 * HOUR)), lowest)

    // Of an hour of which only a summary is left, it counts how it ended.
    for (const hours of [30.5, 600.5]) {
      const { offers } = await f.store.productHistory(id, window(hours * 60, hours * 60))
      const { items } = await f.store.offersAt(id, f.start + hours * HOUR)
      t.same(
        offers.map(({ id, first }) => ({ id, price: first })),
        items.map(({ id, price }) => ({ id, price })),
      )
    }

    const records = await collected(
      f.store.prices({ from: f.start + HOUR, to: f.start + 3.5 * HOUR }),
    )
    t.same(
      records
        .filter(({ event }) => event !== 'gap')
        .map(({ offer_id, at, event }) => [offer_id, Date.parse(at) - f.start, event]),
      [
        ['x', HOUR, 'in_force'],
        ['x', 2 * HOUR, 'hour'],
        ['x', 3 * HOUR, 'hour'],
        ['y', HOUR, 'in_force'],
      ],
    )
    const points = [
      ...pointsOf((await f.store.offerHistory(id, 'y', window(0, days * 1440))).segments),
    ]
    t.same(
      points.map(({ price }) => price),
      [300, null, 300],
    )
  })

  test('polls are deleted that are later than the time to which the clock is put back', async (t, f) => {
    const { minute, window } = minutesOf(f.start)
    const a = await refreshed(f.store, 'a', [offer('x', 100)])
    const b = await refreshed(f.store, 'b', [])
    const hours = Array.from({ length: 400 }, (_, hour) => hour + 1)
    const price = (hour: number) => 1000 - hour
    await polls(f, a.token, [
      ...hours.map((hour): Found => [hour * 60, [offer('x', price(hour))]]),
      [401 * 60, [offer('x', 500), offer('new', 80)]],
      [402 * 60, [offer('x', 500), offer('new', 70)]],
    ])
    await polls(
      f,
      b.token,
      hours.slice(150).map((hour): Found => [hour * 60, [offer('y', price(hour))]]),
    )
    await compacted(f.store, f.time.now, 1)
    const now = 100.5 * 60
    f.time.now = minute(now)

    const point = { at: minute(now), price: 70, itemsInStock: 1 }
    for (const from of [0, now]) {
      const { segments } = await f.store.offerHistory(a.id, 'new', window(from, now))
      t.same(pointsOf(segments), [point])
    }
    const { segments, offers } = await f.store.productHistory(a.id, window(now, now))
    t.same(pointsOf(segments), [point])
    t.same(offers, [
      { id: 'x', first: 500, last: 500 },
      { id: 'new', first: 70, last: 70 },
    ])
    const { windows } = await f.store.productStatistics(b.id)
    t.same(pointsOf(windows['1d'].segments), [{ ...point, price: price(400) }])
    const changes = await collected(f.store.lowestChanges(minute(now - 60)))
    t.same(changes, [{ productId: a.id, name: 'a', first: price(99), last: 70 }])
  })
}
