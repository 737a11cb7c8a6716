import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { buildApp, realEnvironment } from '../../app.ts'
import { readConfig } from '../../config/config.ts'
import type { Outcome } from '../../db/store.ts'
import { DAY_MS, floorTo, HOUR_MS } from '../../history/time.ts'
import { median } from '../figures.ts'
import type { Workspace } from '../workspace.ts'
import { open, until } from './browser.ts'

/** Measures how long the page takes to draw a year of a product with ten offers, whose prices changed every hour. */
export async function chart(browser: Browser, { folder }: Workspace) {
  const time = { offsetMs: 366 * DAY_MS }
  const app = buildApp(
    readConfig({
      LOG_LEVEL: 'silent',
      DATABASE_URL: `file:${join(folder, 'year.db')}`,
      OFFERS_BASE_URL: 'http://127.0.0.1:1/api/v1',
    }),
    { ...realEnvironment, clock: () => Date.now() - time.offsetMs },
  )
  await app.ready()
  const { store } = app
  const take = store.takeRegistrations.bind(store)
  store.takeRegistrations = async () => []
  store.takeRefreshes = async () => []
  const made = await store.createProduct({ name: 'A year' })
  const [task] = await take(Number.POSITIVE_INFINITY, 1)
  const token = task?.token ?? ''
  await store.settle([{ type: 'registered', token, at: Date.now() - time.offsetMs }])
  time.offsetMs = 0
  const now = Date.now()
  for (let day = 365; day > 0; day--) {
    const polls = Array.from({ length: 24 }, (_, hour): Outcome => {
      const at = now - day * DAY_MS + hour * HOUR_MS
      const offers = Array.from({ length: 10 }, (_, offer) => ({
        id: `offer-${offer}`,
        price: 50_000 + offer * 1000 + Math.round(5000 * Math.sin(at / DAY_MS / (3 + offer))),
        items_in_stock: 5,
      }))
      return { type: 'refreshed', token, at, dueAt: now + DAY_MS, offers }
    })
    await store.settle(polls)
  }
  const rollBefore = floorTo(now, DAY_MS)
  while (await store.compact({ rollBefore, rawBefore: now - 35 * DAY_MS, changesBefore: 0 }));
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const drawn: number[] = []
  for (let run = 0; run < 7; run++) {
    const page = await open(browser, `${url}/#/products/${made.id}?range=1y`)
    drawn.push(await until(page, "performance.getEntriesByName('chart-drawn')[0]?.duration"))
    await page.context().close()
  }
  await app.close()
  return { chart_of_a_year_ms: { median: median(drawn), max: Math.max(...drawn) } }
}
