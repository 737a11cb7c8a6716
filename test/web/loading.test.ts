import t from 'tap'
import { DAY_MS, HOUR_MS } from '../../history/time.ts'
import { offer } from '../routes/helper.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const { url, time, add } = await serveStill(t)

const now = Date.now()
time.behind = DAY_MS
const { id } = await add('Mower', [
  [now - HOUR_MS, offer('a', 1000)],
  [now, offer('a', 900)],
])
time.behind = 0
const place = `${url}/#/products/${id}`
const CHART = '**/assets/chart-*.js'

test('a product is shown before its chart is loaded', async (t, open) => {
  const page = await open('about:blank')
  const held = Promise.withResolvers<void>()
  await page.route(CHART, async (route) => {
    await held.promise
    await route.continue()
  })
  await page.goto(place)
  await page.getByRole('heading', { level: 1, name: 'Mower' }).waitFor()
  await page.getByRole('button', { name: 'Copy the id of offer a' }).waitFor()
  await page.locator('.figures').waitFor()
  t.equal(await page.getByRole('slider').count(), 0)
  held.resolve()
  await page.getByRole('slider', { name: 'Prices at a moment' }).waitFor()
})

test('a chart that cannot be loaded is reported, and the product is shown', async (t, open) => {
  const page = await open('about:blank', { expected: [/^GET \/assets\/chart-\w+\.js /] })
  await page.route(CHART, (route) => route.abort())
  await page.goto(place)
  await page.getByText('This part of the page could not be loaded.').waitFor()
  await page.getByRole('button', { name: 'Copy the id of offer a' }).waitFor()
  await page.unroute(CHART)
  await page.getByRole('button', { name: 'Reload the page' }).click()
  await page.getByRole('slider', { name: 'Prices at a moment' }).waitFor()
  t.equal(await page.getByText('could not be loaded').count(), 0)
})

test('what the catalogue needs is loaded without the chart and the reader of files', async (t, open) => {
  const page = await open('about:blank')
  const loaded: string[] = []
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname))
  await page.goto(url)
  await page.getByRole('link', { name: 'Mower' }).waitFor()
  const scripts = loaded.filter((path) => path.endsWith('.js'))
  t.ok(scripts.length > 0)
  t.notOk(scripts.some((path) => /(?:chart|import)-/.test(path)))
})
