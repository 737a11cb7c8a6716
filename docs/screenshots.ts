/** Makes the pictures of the README from the catalogue of `npm run demo`, in Chromium. It takes three minutes. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type BrowserContextOptions, chromium } from 'playwright-core'
import { buildApp } from '../app.ts'
import { makeDemonstration } from '../cli/demo/history.ts'
import { readConfig } from '../config/config.ts'
import { pathBeside } from '../db/location.ts'
import { EXAMPLE_PRODUCT } from '../schemas/example.ts'
import { chromiumOptions } from '../test/web/chromium.ts'

/** How far back the prices go. */
const DAYS = 30

/** How often prices change and are polled, as in `npm run demo`. */
const PACE_SECONDS = 10

const folder = await mkdtemp(join(tmpdir(), 'aggregator-'))
const database = join(folder, 'pictures.db')
const config = readConfig({
  LOG_LEVEL: 'error',
  DATABASE_URL: `file:${database}`,
  SIMULATOR_TICK_SECONDS: String(PACE_SECONDS),
  REFRESH_INTERVAL_SECONDS: String(PACE_SECONDS),
  PRICE_UNIT: 'EUR',
  PRICE_MINOR_DIGITS: '2',
})

interface Picture extends BrowserContextOptions {
  name: string
  place: string
  /** What is true in the page when all of it is drawn. */
  drawn: string
}

try {
  await makeDemonstration({
    ...{ database, simulatorState: pathBeside(config.DATABASE_URL, 'simulator'), days: DAYS },
    tickMs: PACE_SECONDS * 1000,
    retention: { rawDays: config.HISTORY_RAW_DAYS, changesDays: config.CHANGES_RETENTION_DAYS },
    signal: new AbortController().signal,
    onProgress() {},
    now: Date.now(),
  })
  const app = buildApp(config)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  await delay(2 * PACE_SECONDS * 1000) // Until all were polled in their turn.
  const browser = await chromium.launch(chromiumOptions())

  const chart = "performance.getEntriesByName('chart-drawn').length > 0"
  const pictures: Picture[] = [
    {
      name: 'catalogue',
      place: '#/',
      drawn: "document.querySelectorAll('.sparkline path').length > 8",
      viewport: { width: 1100, height: 720 },
    },
    {
      name: 'product',
      place: `#/products/${EXAMPLE_PRODUCT.id}?range=7d`,
      drawn: chart,
      viewport: { width: 1100, height: 1150 },
    },
    {
      name: 'narrow',
      place: `#/products/${EXAMPLE_PRODUCT.id}?range=7d`,
      drawn: chart,
      viewport: { width: 400, height: 1150 },
      colorScheme: 'dark',
    },
  ]
  for (const { name, place, drawn, ...options } of pictures) {
    const context = await browser.newContext({ locale: 'en-GB', ...options })
    const page = await context.newPage()
    await page.goto(`${url}/${place}`)
    while (!(await page.evaluate(drawn))) await delay(100)
    const path = fileURLToPath(new URL(`screenshots/${name}.png`, import.meta.url))
    await page.screenshot({ path })
    await context.close()
  }
  await browser.close()
  await app.close()
} finally {
  await rm(folder, { recursive: true })
}
