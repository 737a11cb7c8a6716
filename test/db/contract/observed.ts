import type { HistoryWindow, ObservedOffer, Store } from '../../../db/store.ts'
import { bucketsOf, figuresOf, pointsOf } from '../../../history/trend.ts'
import type { Change } from '../../../schemas/change.ts'
import { DOWN } from '../../helper.ts'
import { DAY, type Fixture, INTERVAL } from '../fixture.ts'

export const HOUR = 60 * INTERVAL

/** What `minutesOf` gives counts in minutes after the start of a test. */
export function minutesOf(start: number) {
  /** The time of a minute, epoch ms. */
  const minute = (minutes: number) => start + minutes * INTERVAL
  return {
    minute,
    window: (from: number, to: number, byHour = false): HistoryWindow => ({
      from: minute(from),
      to: minute(to),
      byHour,
    }),
    /** `[minute, price, stock]` of each point. */
    points: (history: { segments: Parameters<typeof pointsOf>[0] }) =>
      pointsOf(history.segments).map(({ at, price, itemsInStock }) => [
        (at - start) / INTERVAL,
        price,
        itemsInStock,
      ]),
  }
}

/** Polls a product at minutes after the start, each with what it found, or null where it failed. */
export async function polls(
  { store, time, start }: Fixture,
  token: string,
  found: [minutes: number, offers: ObservedOffer[] | null][],
): Promise<void> {
  const { minute } = minutesOf(start)
  await store.settle(
    found.map(([minutes, offers]) => {
      const at = minute(minutes)
      const dueAt = at + INTERVAL
      return offers
        ? { type: 'refreshed', token, at, dueAt, offers }
        : { type: 'refresh-failed', token, at, dueAt, ...DOWN }
    }),
  )
  time.now = Math.max(time.now, ...found.map(([minutes]) => minute(minutes)))
}

/** The figures that stay the same when a history is rolled up. */
export const exactly = ({ segments }: { segments: Parameters<typeof pointsOf>[0] }) => {
  const { mean, ...figures } = figuresOf(segments)
  return { ...figures, mean: Math.round(Number(mean)) }
}

/** The stock by the hour, which stays the same too. */
export const stocks = ({ segments }: { segments: Parameters<typeof pointsOf>[0] }) =>
  Array.from(bucketsOf(segments, HOUR), ({ itemsInStock }) => itemsInStock)

/** The feed after `after`, in as many pages as it takes. */
export async function feed(store: Store, after: number): Promise<Change[]> {
  const { items, lastSeq } = await store.changes({ after, limit: 1000 })
  return items.length > 0 ? [...items, ...(await feed(store, lastSeq))] : items
}

export async function collected<T>(batches: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = []
  for await (const batch of batches) all.push(...batch)
  return all
}

/** Compacts as of `now`, until nothing is left to do. */
export async function compacted(store: Store, now: number, keptDays = 35): Promise<void> {
  const compaction = {
    rollBefore: Math.floor(now / DAY) * DAY,
    rawBefore: now - keptDays * DAY,
    changesBefore: now - 7 * DAY,
  }
  while (await store.compact(compaction));
}
