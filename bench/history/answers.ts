import type { Store } from '../../db/store.ts'
import { coverageOf } from '../../history/coverage.ts'
import { DAY_MS, floorTo, HOUR_MS } from '../../history/time.ts'
import { bucketsOf, figuresOf } from '../../history/trend.ts'
import { type Market, NOW } from './market.ts'

const WINDOW = { from: floorTo(NOW - 90 * DAY_MS, HOUR_MS), to: NOW }

/** The figures of each price over 90 days. Rolling up the history must not change them. */
export async function answersOf(store: Store, all: Market[], numbers: Map<string, string[]>) {
  const answers: { figures: object; coverage: number; days: object[] }[] = []
  for (const { id } of all) {
    const raw = { ...WINDOW, byHour: false }
    const byHour = { ...WINDOW, byHour: true }
    const add = (
      { segments, covered }: Awaited<ReturnType<Store['offerHistory']>>,
      { segments: hours }: Awaited<ReturnType<Store['offerHistory']>>,
    ) => {
      const { mean: _, ...figures } = figuresOf(segments)
      const days = [...bucketsOf(hours, DAY_MS)].map(({ mean: _, ...bucket }) => bucket)
      answers.push({ figures, coverage: coverageOf(covered, WINDOW.from, WINDOW.to), days })
    }
    add(await store.productHistory(id, raw), await store.productHistory(id, byHour))
    for (const offerId of numbers.get(id) ?? []) {
      add(await store.offerHistory(id, offerId, raw), await store.offerHistory(id, offerId, byHour))
    }
  }
  return answers
}
