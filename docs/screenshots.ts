/** Makes the pictures of the README from the simulator's data, in Chromium. It takes three minutes. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type BrowserContextOptions, chromium } from 'playwright-core'
import { buildApp, realEnvironment } from '../app.ts'
import { readConfig } from '../config/config.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../history/time.ts'
import { EXAMPLE_PRODUCT } from '../schemas/example.ts'
import { chromiumOptions } from '../test/web/chromium.ts'

/** Times as fast as the real time. */
const SPEED = 1_000

/** Between two polls at that speed. */
const INTERVAL_MS = 15 * MINUTE_MS

/** Beside the example product, which every new catalogue on the simulator has. */
const NAMES = [
  'Sekačka na trávu',
  'Hedge trimmer 60 cm',
  'Cordless drill 18 V',
  'Pressure washer',
  'Garden hose 25 m',
  'Wheelbarrow',
  'Chainsaw',
  'Leaf blower',
  'Folding ladder 3 m',
  'Submersible pump',
  'LED floodlight',
  'Angle grinder',
  'Workbench',
]

const folder = await mkdtemp(join(tmpdir(), 'aggregator-'))

/** The service on its simulator, which both go by the given time. */
function build(intervalSeconds: number, clock: () => number) {
  const config = readConfig({
    LOG_LEVEL: 'error',
    DATABASE_URL: `file:${join(folder, 'pictures.db')}`,
    REFRESH_INTERVAL_SECONDS: String(intervalSeconds),
  })
  return buildApp(config, { ...realEnvironment, clock })
}

/** Lets the service have watched its products for a day, in less than two minutes. */
async function watchForADay(): Promise<void> {
  const began = Date.now()
  const clock = () => began - DAY_MS - HOUR_MS + (Date.now() - began) * SPEED
  const app = build(INTERVAL_MS / 1000, clock)
  await app.ready()
  const items = NAMES.map((name) => ({ name, description: `${name}, for house and garden` }))
  await app.store.createProducts(items)
  // At the real time all polls are due, so that none of them is waited for.
  while (clock() < Date.now() - INTERVAL_MS) await delay(100)
  await app.close()
}

interface Picture extends BrowserContextOptions {
  name: string
  place: string
  /** What is true in the page when all of it is drawn. */
  drawn: string
}

const browser = await chromium.launch(chromiumOptions())
try {
  await watchForADay()
  const app = build(60, Date.now)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  await delay(65_000) // Until all were polled in their turn.

  const chart = "performance.getEntriesByName('chart-drawn').length > 0"
  const pictures: Picture[] = [
    {
      name: 'catalogue',
      place: '#/?sort=created_at',
      drawn: "document.querySelectorAll('.sparkline path').length > 8",
      viewport: { width: 1100, height: 720 },
    },
    {
      name: 'product',
      place: `#/products/${EXAMPLE_PRODUCT.id}`,
      drawn: chart,
      viewport: { width: 1100, height: 1150 },
    },
    {
      name: 'narrow',
      place: `#/products/${EXAMPLE_PRODUCT.id}`,
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
  await app.close()
} finally {
  await browser.close()
  await rm(folder, { recursive: true })
}
