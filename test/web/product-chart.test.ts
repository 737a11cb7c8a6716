import { readFile } from 'node:fs/promises'
import type { Download, Page } from 'playwright-core'
import t from 'tap'
import { DAY_MS, HOUR_MS } from '../../history/time.ts'
import { offer } from '../routes/helper.ts'
import { lineColour, showsColour } from './chart.ts'
import { becomes, placeOf, textsOf } from './expect.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const { url, time, add } = await serveStill(t)
const now = Date.now()
time.behind = 20 * DAY_MS
const { id } = await add('Mower / "best"', [
  [now - 19 * DAY_MS, offer('a', 1000, 3), offer('b', 1200, 5)],
  ...[18, 15, 12, 9, 6, 3].map((days): [number, ...ReturnType<typeof offer>[]] => [
    now - days * DAY_MS,
    offer('a', 900 + days, 4),
    offer('b', 1200, 5),
  ]),
  [now - HOUR_MS, offer('a', 800, 0), offer('b', 1100, 7)],
  [now, offer('a', 800, 0), offer('b', 1100, 7)],
])
time.behind = 0
const place = `${url}/#/products/${id}`

const slider = (page: Page, name: string) => page.getByRole('slider', { name, exact: true })
const queryOf = (page: Page) => new URLSearchParams(placeOf(page).split('?')[1])
const windowOf = (page: Page) =>
  ['from', 'to'].map((name) => Date.parse(String(queryOf(page).get(name))))

/** Waits until the chart shows the range of the address: until then, what is done to it is done to the one before. */
const untilDrawn = (page: Page) => page.locator('.prices[aria-busy=false] .plot canvas').waitFor()

/** Moves fingers on the plot, each at a share of its width. */
async function fingersOn(page: Page) {
  const box = await page.locator('.plot .u-over').boundingBox()
  const { x, y, width } = box ?? { x: 0, y: 0, width: 0 }
  const session = await page.context().newCDPSession(page)
  return (type: 'touchStart' | 'touchMove' | 'touchEnd', shares: number[]) => {
    const touchPoints = shares.map((share, id) => ({ id, x: x + share * width, y: y + 30 }))
    return session.send('Input.dispatchTouchEvent', { type, touchPoints })
  }
}

async function textOf(download: Download): Promise<string> {
  return readFile(await download.path(), 'utf8')
}

test('a range is selected by dragging over the chart, and Back returns from it', async (t, open) => {
  const page = await open(`${place}?range=7d`)
  await untilDrawn(page)
  const box = await page.locator('.plot .u-over').boundingBox()
  const { x, y, width } = box ?? { x: 0, y: 0, width: 0 }
  await page.mouse.move(x + width / 4, y + 30)
  await page.mouse.down()
  await page.mouse.move(x + width / 2, y + 60, { steps: 4 })
  await page.mouse.up()
  await becomes(t, async () => queryOf(page).has('from'), true)
  const [from = 0, to = 0] = windowOf(page)
  t.ok(Math.abs(from - (now - 5.25 * DAY_MS)) < 3 * HOUR_MS, 'a quarter of the chart')
  t.ok(Math.abs(to - (now - 3.5 * DAY_MS)) < 3 * HOUR_MS, 'to its middle')
  await page.getByRole('radio', { name: 'Custom', checked: true }).waitFor()
  await page.goBack()
  await page.getByRole('radio', { name: '7 d', checked: true }).waitFor()
})

test('two fingers that move apart zoom in, and those that move together zoom out', async (t, open) => {
  const page = await open(`${place}?range=7d`, { hasTouch: true })
  await untilDrawn(page)
  const touch = await fingersOn(page)
  async function pinch(before: number[], after: number[]): Promise<number> {
    const address = page.url()
    await touch('touchStart', before.slice(0, 1))
    await touch('touchStart', before)
    await touch('touchMove', after)
    await touch('touchEnd', [])
    await becomes(t, async () => page.url() === address, false)
    await untilDrawn(page)
    const [from = 0, to = 0] = windowOf(page)
    return (to - from) / DAY_MS
  }
  const zoomedIn = await pinch([0.4, 0.6], [0.2, 0.8])
  t.ok(Math.abs(zoomedIn - 7 / 3) < 0.1, `${zoomedIn} days`)
  const [from = 0, to = 0] = windowOf(page)
  t.ok(Math.abs((from + to) / 2 - (now - 3.5 * DAY_MS)) < 3 * HOUR_MS, 'around the middle')
  const zoomedOut = await pinch([0.2, 0.8], [0.35, 0.65])
  t.ok(Math.abs(zoomedOut - 14 / 3) < 0.2, `${zoomedOut} days`)
  await page.getByRole('radio', { name: '7 d' }).focus()
  await page.keyboard.press('Space')
  await becomes(t, async () => placeOf(page), `#/products/${id}?range=7d`)
})

test('one finger moves the cursor along the chart, and zooms nothing', async (t, open) => {
  const page = await open(`${place}?range=7d`, { hasTouch: true })
  await untilDrawn(page)
  const touch = await fingersOn(page)
  await touch('touchStart', [0.2])
  await touch('touchMove', [0.5])
  await page.locator('.readout').waitFor()
  await touch('touchEnd', [])
  t.equal(placeOf(page), `#/products/${id}?range=7d`)
})

test('a click on the chart selects nothing', async (t, open) => {
  const page = await open(`${place}?range=7d`)
  await untilDrawn(page)
  await page.locator('.plot .u-over').click()
  t.equal(placeOf(page), `#/products/${id}?range=7d`)
})

test('the range is made shorter and longer by keys', async (t, open) => {
  const page = await open(`${place}?range=7d`)
  await untilDrawn(page)
  await slider(page, 'Prices at a moment').focus()
  await page.keyboard.press('+')
  await becomes(t, async () => queryOf(page).has('from'), true)
  await untilDrawn(page)
  const length = () => windowOf(page).reduceRight((to, from) => to - from)
  const half = length()
  t.ok(half < 4 * DAY_MS)
  await page.keyboard.press('-')
  await becomes(t, async () => length() > half, true)
})

test('two quick keys zoom twice, although the first range is still to be loaded', async (t, open) => {
  const page = await open(`${place}?range=7d`)
  await untilDrawn(page)
  const held = Promise.withResolvers<void>()
  await page.route('**/trend?*', async (route) => {
    await held.promise
    await route.fallback()
  })
  await slider(page, 'Prices at a moment').focus()
  await page.keyboard.press('+')
  await page.keyboard.press('+')
  const isShort = async () => {
    const [from = 0, to = 0] = windowOf(page)
    return to - from < DAY_MS
  }
  await becomes(t, isShort, true, 'a quarter of the range, as far as that is past')
  held.resolve()
  await untilDrawn(page)
  await page.goBack()
  await becomes(t, async () => placeOf(page), `#/products/${id}?range=7d`, 'it is one step back')
})

test('the chart leaves the keys of the browser alone', async (t, open) => {
  const page = await open(`${place}?range=7d`)
  await untilDrawn(page)
  for (const [key, modifier] of [
    ['ArrowLeft', 'altKey'],
    ['+', 'ctrlKey'],
    ['-', 'metaKey'],
  ]) {
    const isLeft =
      await page.evaluate(`document.querySelector('.plot').dispatchEvent(new KeyboardEvent(
      'keydown', { key: '${key}', ${modifier}: true, bubbles: true, cancelable: true }))`)
    t.equal(isLeft, true, `${modifier} and ${key}`)
  }
  t.equal(placeOf(page), `#/products/${id}?range=7d`)
})

test('the form for a range follows the chart, also after something was typed', async (t, open) => {
  const page = await open(`${place}?range=7d`)
  await untilDrawn(page)
  await page.getByRole('radio', { name: 'Custom' }).check()
  const from = page.getByLabel('From')
  const typed = new Date(now - 10 * DAY_MS).toISOString().slice(0, 16)
  await from.fill(typed)
  await page.getByRole('button', { name: 'Show' }).click()
  await untilDrawn(page)
  t.equal(await from.inputValue(), typed)
  await slider(page, 'Prices at a moment').focus()
  await page.keyboard.press('+')
  await becomes(t, async () => (await from.inputValue()) > typed, true)
})

test('an offer that is not known any more is left out of the chart', async (t, open) => {
  const page = await open(`${place}?range=7d&show=forgotten&stock=true`, {
    expected: [/^GET .*\/offers\/forgotten\/trend.* 404$/],
  })
  await slider(page, 'Stock at a moment').waitFor()
  t.match(
    await slider(page, 'Prices at a moment').getAttribute('aria-valuetext'),
    /: offer a 800; lowest price 1,100; offer b 1,100$/,
  )
})

test('all of the history is a range', async (t, open) => {
  const page = await open(place)
  await page.getByRole('radio', { name: 'all', exact: true }).check()
  await becomes(t, async () => placeOf(page), `#/products/${id}?range=all`)
  const figures = async () => (await textsOf(page.locator('.figures dd'))).slice(1, 3)
  await becomes(t, figures, ['903', '1,100'])
  await page.getByText('The chart begins when the product was created.').waitFor()
})

test('the chosen lines are part of the address', async (t, open) => {
  const page = await open(`${place}?range=7d`, { colorScheme: 'light' })
  const line = (name: string) => page.getByRole('checkbox', { name: `Draw offer ${name}` })
  await line('b').uncheck()
  await becomes(t, async () => placeOf(page), `#/products/${id}?range=7d&hide=b`)
  await page.reload()
  await line('a').waitFor()
  t.notOk(await line('b').isChecked())
  const colour = await lineColour(page.getByRole('row').filter({ has: line('b') }))
  await untilDrawn(page)
  t.notOk(await showsColour(page, colour))
  await page.getByRole('radio', { name: '30 d', exact: true }).check()
  await becomes(t, async () => placeOf(page), `#/products/${id}?range=30d&hide=b`)
  await line('b').check()
  await becomes(t, async () => placeOf(page), `#/products/${id}?range=30d`)
})

test('the stock has a chart of its own, which is part of the address', async (t, open) => {
  const page = await open(`${place}?range=7d`)
  await page.getByRole('checkbox', { name: 'Stock chart' }).check()
  const stock = slider(page, 'Stock at a moment')
  await stock.focus()
  await becomes(
    t,
    async () => (await stock.getAttribute('aria-valuetext'))?.replace(/^.*?: /, ''),
    'offer a 0; at the lowest price 7; offer b 7',
  )
  t.equal(queryOf(page).get('stock'), 'true')
  await page.reload()
  await stock.waitFor()
  await page.getByRole('checkbox', { name: 'Stock chart' }).uncheck()
  await stock.waitFor({ state: 'detached' })
})

test('the chart is saved as a picture, and its prices as CSV', async (t, open) => {
  const page = await open(`${place}?range=7d`)
  await untilDrawn(page)
  const saved = async (name: string) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name }).click(),
    ])
    return download
  }
  const picture = await saved('Chart as PNG')
  t.equal(picture.suggestedFilename(), 'Mower best.png')
  t.match(await textOf(picture), /^.PNG/)
  const prices = await saved('Prices as CSV')
  t.match(prices.suggestedFilename(), /^Mower best prices\.csv$/)
  const lines = (await textOf(prices)).trim().split('\r\n')
  t.equal(lines[0], 'product_id,offer_id,at,event,price,items_in_stock,until')
  t.ok(lines.some((line) => line.includes(',changed,800,0,')))
})

test('an export that fails is reported', async (_t, open) => {
  const page = await open('about:blank', { expected: [/^GET \/api\/v1\/export\/prices.* 503$/] })
  const json = { statusCode: 503, error: 'Service Unavailable', message: 'Not now' }
  await page.route('**/export/prices?*', (route) => route.fulfill({ status: 503, json }))
  await page.goto(place)
  await page.getByRole('button', { name: 'Prices as CSV' }).click()
  await page.getByText('Not exported: Not now').waitFor()
})
