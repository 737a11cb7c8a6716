/**
 * Measures the web page in Chromium: how long it takes to `import` 100,000 products by the page and by
 * the command line, and a backup meanwhile; how much of that catalogue's `first-view` comes over the
 * wire and when it can be used; how long after its poll a `change` of a price is on an open page; and
 * how long the `chart` of a year takes. All of them, or some:
 *
 *     node bench/page.ts --step change --step chart
 *
 * `--products 1000` takes fewer of them, to try it out.
 */
import { execFile } from 'node:child_process'
import { rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs, promisify } from 'node:util'
import { type Browser, chromium, type Page } from 'playwright-core'
import { buildApp, realEnvironment } from '../app.ts'
import { readConfig } from '../config/config.ts'
import type { Outcome } from '../db/store.ts'
import { DAY_MS, floorTo, HOUR_MS } from '../history/time.ts'
import { call, type Running, SERVICE } from '../test/process.ts'
import { chromiumOptions } from '../test/web/chromium.ts'
import { median } from './figures.ts'
import { type Session, session, status } from './session.ts'

const { values } = parseArgs({
  options: {
    step: { type: 'string', multiple: true, default: ['import', 'first-view', 'change', 'chart'] },
    products: { type: 'string', default: '100000' },
  },
})
const products = Number(values.products)

const seconds = (since: number) => Number(((performance.now() - since) / 1000).toFixed(1))

/** What an expression gives in the page, as soon as that is true. */
async function until<T>(page: Page, expression: string): Promise<T> {
  for (;;) {
    // Not `waitForFunction`: the page's policy does not let it evaluate text.
    const value = (await page.evaluate(expression)) as T
    if (value) return value
    await delay(10)
  }
}

async function open(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  context.setDefaultTimeout(10 * 60_000)
  const page = await context.newPage()
  await page.goto(url)
  return page
}

/** A simulator of its own, and the service on it. */
async function serve(
  { folder, start }: Session,
  name: string,
  variables: Record<string, string> = {},
) {
  const simulator = await start('simulator/server.ts', {
    SIMULATOR_PORT: '0',
    ...variables,
  })
  const database = `file:${join(folder, `${name}.db`)}`
  const service = await start(SERVICE, {
    PORT: '0',
    DATABASE_URL: database,
    OFFERS_BASE_URL: `${simulator.url}/api/v1`,
    ...variables,
  })
  return { simulator, service, database }
}

async function writeProducts(file: string): Promise<void> {
  const lines = Array.from(
    { length: products },
    (_, n) => `Product ${n},"The product with the number ${n}, of which there are many"\n`,
  )
  await writeFile(file, `name,description\n${lines.join('')}`)
}

/** Imports by the page; the bar must never step back, and be full in the end. */
async function importByPage(browser: Browser, { url }: Running, file: string) {
  const page = await open(browser, `${url}/#/import`)
  await page.getByLabel('File').setInputFiles(file)
  const began = performance.now()
  await page.getByRole('button', { name: 'Import' }).click()
  const bar = page.locator('progress')
  const seen: number[] = []
  while (!(await page.getByText('(100 %)').isVisible())) {
    seen.push(Number(await bar.getAttribute('value')))
    await delay(100)
  }
  const took = seconds(began)
  await page.context().close()
  return {
    import_by_page_s: took,
    bar_only_grew: seen.every((value, index) => value >= (seen[index - 1] ?? 0)),
    bar_samples: new Set(seen).size,
  }
}

/** Imports by the command line, with a backup of the live database in the middle of it. */
async function importByCommand(
  { folder }: Session,
  { url }: Running,
  database: string,
  file: string,
) {
  const run = promisify(execFile)
  const environment = { env: { ...process.env, DATABASE_URL: database } }
  const before = (await call('GET', `${url}/api/v1/status`)).json.products
  const began = performance.now()
  const importing = run(
    process.execPath,
    ['cli/main.ts', 'import', file, '--url', url],
    environment,
  )
  let created = 0
  while (created < products / 2) {
    await delay(20)
    created = (await call('GET', `${url}/api/v1/status`)).json.products - before
  }
  const copy = join(folder, 'backup.db')
  const copying = performance.now()
  await run(process.execPath, ['cli/main.ts', 'backup', copy], environment)
  const backup = seconds(copying)
  await importing
  return {
    import_by_command_s: seconds(began),
    backup_s: backup,
    backup_mb: Math.round((await stat(copy)).size / 1e6),
    created_before_backup: before + created,
    copy,
  }
}

/** How many products a restored backup has. */
async function productsOf({ folder, start }: Session, copy: string): Promise<number> {
  const database = `file:${join(folder, 'restored.db')}`
  await promisify(execFile)(process.execPath, ['cli/main.ts', 'restore', copy], {
    env: { ...process.env, DATABASE_URL: database },
  })
  const restored = await start(SERVICE, {
    PORT: '0',
    DATABASE_URL: database,
    OFFERS_BASE_URL: 'http://127.0.0.1:1/api/v1',
  })
  const { products } = await status(restored)
  await restored.stop('SIGTERM')
  return products
}

/** Until every product was registered and polled, so that only the usual work goes on. */
async function settled(service: Running): Promise<void> {
  for (;;) {
    const { registrations_pending: pending, refresh } = await status(service)
    if (pending === 0 && refresh.within_target > 0.99) return
    await delay(500)
  }
}

/** What a browser that was never here loads until the rows and their lines are drawn. */
async function firstView(browser: Browser, { url }: Running) {
  const views: { bytes: number; shown: number; usable: number }[] = []
  for (let run = 0; run < 7; run++) {
    const page = await open(browser, 'about:blank')
    const network = await page.context().newCDPSession(page)
    await network.send('Network.enable')
    let bytes = 0
    network.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength
    })
    const began = performance.now()
    await page.goto(`${url}/#/`)
    await page.locator('.row .price').nth(3).waitFor()
    const shown = performance.now() - began
    await page.getByRole('button', { name: 'New product' }).click()
    await page.getByRole('dialog').waitFor()
    const usable = performance.now() - began
    await page.locator('.sparkline path').nth(10).waitFor()
    views.push({ bytes, shown, usable })
    await page.context().close()
  }
  return {
    first_view_kb: Math.round(median(views.map(({ bytes }) => bytes)) / 100) / 10,
    shown_ms: Math.round(median(views.map(({ shown }) => shown))),
    dialog_opened_ms: Math.round(median(views.map(({ usable }) => usable))),
  }
}

/** How long after its poll a new lowest price is on the pages of its product and of the catalogue. */
async function change(browser: Browser, running: Session) {
  const { service } = await serve(running, 'change', {
    SIMULATOR_TICK_SECONDS: '5',
    REFRESH_INTERVAL_SECONDS: '5',
  })
  const { json: product } = await call('POST', `${service.url}/api/v1/products`, { name: 'One' })
  const places = [
    { name: 'product', place: `#/products/${product.id}`, where: '.lowest' },
    { name: 'catalogue', place: '#/', where: '.rows .price' },
  ]
  const delays: Record<string, number[]> = {}
  for (const { name, place, where } of places) {
    const page = await open(browser, `${service.url}/${place}`)
    await page.locator(where, { hasText: /\d/ }).waitFor()
    const waits: number[] = []
    let price = await page.locator(where).textContent()
    while (waits.length < 10) {
      const shown = `document.querySelector('${where}').textContent`
      const shownAt = await until<number>(
        page,
        `${shown} !== ${JSON.stringify(price)} && Date.now()`,
      )
      price = await page.locator(where).textContent()
      const { json } = await call('GET', `${service.url}/api/v1/products/${product.id}`)
      waits.push(shownAt - Date.parse(json.checked_at))
    }
    delays[name] = waits
    await page.context().close()
  }
  return Object.fromEntries(
    Object.entries(delays).map(([name, waits]) => [
      `change_on_${name}_ms`,
      { median: median(waits), max: Math.max(...waits) },
    ]),
  )
}

/** The chart of a year, of a product with ten offers that each moved every hour. */
async function chart(browser: Browser, { folder }: Session) {
  const time = { behind: 366 * DAY_MS }
  const app = buildApp(
    readConfig({
      LOG_LEVEL: 'silent',
      DATABASE_URL: `file:${join(folder, 'year.db')}`,
      OFFERS_BASE_URL: 'http://127.0.0.1:1/api/v1',
    }),
    { ...realEnvironment, clock: () => Date.now() - time.behind },
  )
  await app.ready()
  const { store } = app
  const take = store.takeRegistrations.bind(store)
  store.takeRegistrations = async () => []
  store.takeRefreshes = async () => []
  const [made] = await store.createProducts([{ name: 'A year' }])
  const [task] = await take(Number.POSITIVE_INFINITY, 1)
  const token = task?.token ?? ''
  await store.settle([{ type: 'registered', token, at: Date.now() - time.behind }])
  time.behind = 0
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
    const page = await open(browser, `${url}/#/products/${made?.id}?range=1y`)
    drawn.push(await until(page, "performance.getEntriesByName('chart-drawn')[0]?.duration"))
    await page.context().close()
  }
  await app.close()
  return { chart_of_a_year_ms: { median: median(drawn), max: Math.max(...drawn) } }
}

await session(async (running) => {
  const browser = await chromium.launch(chromiumOptions())
  const wanted = (step: string) => values.step.includes(step)
  try {
    if (wanted('change')) console.log(await change(browser, running))
    if (wanted('chart')) console.log(await chart(browser, running))
    if (!wanted('import') && !wanted('first-view')) return
    const file = join(running.folder, 'products.csv')
    await writeProducts(file)
    const { service } = await serve(running, 'large')
    console.log(await importByPage(browser, service, file))
    if (wanted('import')) {
      const other = await serve(running, 'other')
      const { copy, ...figures } = await importByCommand(
        running,
        other.service,
        other.database,
        file,
      )
      await other.service.stop('SIGTERM')
      await other.simulator.stop('SIGTERM')
      console.log({ ...figures, products_in_restored_backup: await productsOf(running, copy) })
      await rm(copy)
    }
    if (wanted('first-view')) {
      await settled(service)
      console.log(await firstView(browser, service))
    }
  } finally {
    await browser.close()
  }
})
