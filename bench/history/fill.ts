import { existsSync } from 'node:fs'
import { DAY_MS, MINUTE_MS } from '../../history/time.ts'
import { compactAll } from './compaction.ts'
import { bytesOf, megabytes, seconds } from './figures.ts'
import { markets, NOW, opened, polls, settleAll, YEAR_MS } from './market.ts'
import type { HistoryStep } from './step.ts'

/** Makes the large database: one product polled every minute for a year, and 700 for its last day. */
export const fill: HistoryStep = async ({ database: path, scale }) => {
  if (existsSync(path)) return
  const large = await opened(path)
  const { store } = large
  const [year, ...others] = await markets(store, 1 + 700, 10, NOW - YEAR_MS)
  if (!year) return
  let began = performance.now()
  const [first, lastDay] = [NOW - YEAR_MS * scale, NOW - DAY_MS * scale]
  await settleAll(store, polls([year], first, lastDay, MINUTE_MS, 10))
  const ofYear = ((lastDay - first) / MINUTE_MS) * 10
  console.log({ changes_of_one_product: ofYear, a_second: Math.round(ofYear / seconds(began)) })
  began = performance.now()
  const all = [year, ...others]
  await settleAll(store, polls(all, lastDay, NOW, MINUTE_MS, 10))
  const ofDay = ((NOW - lastDay) / MINUTE_MS) * all.length * 10
  console.log({ changes_of_701_products: ofDay, a_second: Math.round(ofDay / seconds(began)) })
  console.log({ compaction: await compactAll(large) })
  await store.close()
  const sizes = [...bytesOf(path)].filter(([, bytes]) => bytes > 2 ** 20)
  console.log('MB', Object.fromEntries(sizes.map(([name, bytes]) => [name, megabytes(bytes)])))
}
