import type { Page } from 'playwright-core'
import t from 'tap'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import { failed, offer, polled, UNKNOWN_ID } from '../routes/helper.ts'
import { hasColour, lineColour, showsColour } from './chart.ts'
import { becomes, placeOf, textsOf } from './expect.ts'
import { serveLive, serveStill } from './service.ts'
import { test } from './visit.ts'

const { url, app, time, add } = await serveStill(t)

/** Of a time zone in which it is noon, so that no day begins or ends while prices change or tests run. */
const now = Date.now()
const zoneHours = 12 - new Date(now).getUTCHours()
const noon = { timezoneId: `Etc/GMT${zoneHours < 0 ? '+' : '-'}${Math.abs(zoneHours)}` }
const localTime = (ms: number) => new Date(ms + zoneHours * HOUR_MS).toISOString().slice(0, 16)

/** Nobody looked between the fifth day and the third before now. */
time.behind = 10 * DAY_MS
const { id, token } = await add('Mower', [
  [now - 9 * DAY_MS, offer('a', 1000), offer('b', 1200)],
  [now - 6 * DAY_MS, offer('a', 900), offer('b', 1200)],
  [now - 5 * DAY_MS, offer('a', 900), offer('b', 1200)],
])
time.behind = 0
await app.store.settle([
  failed(token, now - 5 * DAY_MS + HOUR_MS),
  polled(token, [now - 3 * DAY_MS, offer('a', 800), offer('b', 1200), offer('gone', 5000)]),
  polled(token, [now - 2 * DAY_MS, offer('a', 800), offer('b', 1200)]),
  polled(token, [now - 2 * HOUR_MS, offer('a', 700), offer('b', 1100)]),
  polled(token, [now - 30 * MINUTE_MS, offer('a', 750), offer('b', 990, 7), offer('c', 9, 0)]),
  polled(token, [now, offer('a', 750), offer('b', 990, 7), offer('c', 9, 0)]),
])
const place = `${url}/#/products/${id}`

const range = (page: Page, name: string) => page.getByRole('radio', { name, exact: true })
const figures = (page: Page) => () => textsOf(page.locator('.figures dd'))
const moment = (page: Page) => page.getByRole('slider', { name: 'Prices at a moment' })
const rowOf = (page: Page, offerId: string) => {
  const name = page.getByRole('button', { name: `Copy the id of offer ${offerId}`, exact: true })
  return textsOf(page.getByRole('row').filter({ has: name }).locator('th, td'))
}

test('a product shows how it stands, and its offers', async (t, open) => {
  const page = await open(place, noon)
  await page.getByRole('heading', { level: 1, name: 'Mower' }).waitFor()
  await becomes(t, () => page.title(), 'Mower – Product aggregator')
  await page.getByText('Lowest price 750').waitFor()
  await page.getByText('3 offers on sale').waitFor()
  await page.getByText(/^checked \d+ (s|min) ago$/).waitFor()
  await becomes(t, () => rowOf(page, 'b'), ['b', '990', '7', '-17.5 %', '1,100', '30 min ago'])
  await becomes(t, () => rowOf(page, 'a'), ['a', '750', '1', '-6.25 %', '–', '30 min ago'])
  t.strictSame(await rowOf(page, 'c'), ['c', '9', 'sold out', '0.0 %', '–', '30 min ago'])
})

test('a narrow screen shows all figures of an offer, each with its name', async (t, open) => {
  const page = await open(place, { ...noon, viewport: { width: 360, height: 740 } })
  await becomes(t, () => rowOf(page, 'b'), ['b', '990', '7', '-17.5 %', '1,100', '30 min ago'])
  const table = page.getByRole('region', { name: 'Offers on sale' })
  t.equal(await table.getByRole('row').nth(2).getByRole('cell').count(), 5)
  const cells = await page.evaluate(`[...document.querySelectorAll('.offers tbody tr')[1].cells]
    .slice(1).map((cell) => {
      const { left, right } = cell.getBoundingClientRect()
      return [left >= 0 && right <= innerWidth, getComputedStyle(cell, '::before').content]
    })`)
  const names = ['Price', 'Stock', 'Today', 'Prior 30-day low', 'Changed']
  t.strictSame(
    cells,
    names.map((name) => [true, `"${name}" / ""`]),
  )
  t.equal(await table.getByRole('columnheader').count(), 6)
})

for (const hours of [-30, 30]) {
  test(`the clock of the browser does not matter: ${hours} hours`, async (t, open) => {
    const page = await open('about:blank', noon)
    await page.clock.install({ time: Date.now() + hours * HOUR_MS })
    await page.goto(`${place}?range=1h`)
    await becomes(t, () => rowOf(page, 'b'), ['b', '990', '7', '-17.5 %', '1,100', '30 min ago'])
    await page.getByText(/^checked \d+ (s|min) ago$/).waitFor()
    await becomes(t, async () => (await figures(page)())[0], '+7.14 % (+50)')
  })
}

test('a product says why its offers are not known as they are now', async (_t, open) => {
  const broken = await add('Broken', [[now - 4 * DAY_MS, offer('a', 1)]])
  const page = await open(`${url}/#/products/${broken.id}`)
  await page
    .getByText(/^This product was not checked in time\. The next attempt is as soon as/)
    .waitFor()
  await app.store.settle(Array.from({ length: 3 }, () => failed(broken.token, now)))
  await page.reload()
  const why = /^The Offers service answered 500\. Failed 3 times in a row; next attempt /
  await page.getByText(why).waitFor()
  await page.getByText('checked 4 d ago (stale: the offers may have changed since)').waitFor()
})

test('the range decides about the figures, and is part of the address', async (t, open) => {
  const page = await open(place, noon)
  for (const [name, address, change, low, high] of [
    ['1 h', '1h', '+7.14 % (+50)', '700', '750'],
    ['7 d', '7d', '-25.0 % (-250)', '700', '1,000'],
    ['24 h', '24h', '-6.25 % (-50)', '700', '800'],
    ['1 y', '1y', '-25.0 % (-250)', '700', '1,000'],
    ['30 d', '30d', '-25.0 % (-250)', '700', '1,000'],
  ] as const) {
    await range(page, name).check()
    await becomes(t, async () => placeOf(page), `#/products/${id}?range=${address}`)
    await becomes(
      t,
      async () => (await figures(page)()).slice(0, 3),
      [change, low, high],
      `the last ${name}`,
    )
  }
  await page.reload()
  t.ok(await range(page, '30 d').isChecked())
  await page.getByText('No longer on sale: 1 of the offers').waitFor()
  t.equal(await page.locator('.past').count(), 0, 'what is folded is not rendered')
  await page.getByText('No longer on sale: 1 of the offers').click()
  await becomes(t, () => rowOf(page, 'gone'), ['gone', '5,000'])
})

test('a custom range is entered in local time, and refused where it cannot be', async (t, open) => {
  const page = await open(place, noon)
  await range(page, 'Custom').check()
  const [from, to] = [now - 6.5 * DAY_MS, now - 4 * DAY_MS].map(localTime)
  await page.getByLabel('From').fill(String(to))
  await page.getByLabel('To', { exact: true }).fill(String(from))
  await page.getByRole('button', { name: 'Show' }).click()
  await page.getByText('The start must not be after the end.').waitFor()
  await page.getByLabel('From').fill(String(from))
  await page.getByLabel('To', { exact: true }).fill(String(to))
  await page.getByRole('button', { name: 'Show' }).click()
  // One of the two and a half days has no polls.
  await becomes(t, async () => (await figures(page)()).with(3, ''), [
    '-10.0 % (-100)',
    '900',
    '1,000',
    '',
    '60 % of the time',
  ])
  const query = new URLSearchParams(placeOf(page).split('?')[1])
  t.strictSame(
    ['from', 'to'].map((name) => localTime(Date.parse(String(query.get(name))))),
    [from, to],
  )
})

test('the chart is drawn, with a gap where there were no polls', async (t, open) => {
  const page = await open(`${place}?range=7d`, { ...noon, colorScheme: 'light' })
  await becomes(t, async () => (await figures(page)())[4], '71.4 % of the time')
  const lowest = await lineColour(page.locator('.legend li').first())
  const drawn = () => Promise.all([0.2, 0.35, 0.5, 0.65].map((x) => hasColour(page, x, lowest)))
  await becomes(t, drawn, [true, false, false, true], 'the line of the lowest price')
  await page.locator('.legend').getByText('not observed').waitFor()
  const box = await moment(page).boundingBox()
  await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + 50)
  await page.locator('.readout').getByText('not observed').waitFor()
})

test('a product that was observed once shows its point', async (t, open) => {
  time.behind = 5 * HOUR_MS
  const once = await add('Once', [[now - 4 * HOUR_MS, offer('a', 500)]])
  time.behind = 0
  await app.store.settle([failed(once.token, now - 3 * HOUR_MS)])
  for (const range of ['24h', '7d']) {
    const page = await open(`${url}/#/products/${once.id}?range=${range}`, { colorScheme: 'light' })
    const lowest = await lineColour(page.locator('.legend li').first())
    await becomes(t, () => showsColour(page, lowest), true, range)
  }
})

test('the chart shows the prices under the pointer, and by keys', async (t, open) => {
  const page = await open(`${place}?range=1h`, noon)
  const box = await moment(page).boundingBox()
  const readout = page.locator('.readout')
  const told = () => textsOf(readout.locator('dl > div'))
  await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) * 0.9, (box?.y ?? 0) + 50)
  await becomes(t, told, ['offer b990', 'offer a750', 'lowest price750', 'offer c9'])
  await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) * 0.3, (box?.y ?? 0) + 50)
  await becomes(t, told, ['offer b1,100', 'offer a700', 'lowest price700'])
  await page.mouse.move(0, 0)
  await readout.waitFor({ state: 'detached' })

  const inWords = () => moment(page).getAttribute('aria-valuetext')
  await moment(page).focus()
  await page.keyboard.press('Home')
  t.match(await inWords(), /: lowest price 700; offer a 700; offer b 1,100$/)
  await page.keyboard.press('End')
  t.match(await inWords(), / lowest price 750; /)
  await page.keyboard.press('ArrowLeft')
  t.match(await inWords(), / lowest price 7/)
})

test('the line of an offer can be left out of the chart', async (t, open) => {
  const page = await open(`${place}?range=1h`, { ...noon, colorScheme: 'light' })
  const line = page.getByRole('checkbox', { name: 'Draw offer b' })
  await line.waitFor()
  const colour = await lineColour(page.getByRole('row').filter({ has: line }))
  const somewhere = () => showsColour(page, colour)
  await becomes(t, somewhere, true)
  await line.uncheck()
  await becomes(t, somewhere, false)
  await line.check()
  await becomes(t, somewhere, true)
})

test('the points of the chart can be had as a table', async (t, open) => {
  const page = await open(`${place}?range=1h`, noon)
  await page.getByText('Show as a table').click()
  const rows = page.getByRole('region', { name: 'The lowest price as a table' }).locator('tbody tr')
  await becomes(t, async () => (await textsOf(rows.locator('td'))).join(' '), '750 1 700 1')
})

test("a product's page shows each change without a reload", async (t, open) => {
  const { url, app, id, offer: put } = await serveLive(t, 'Mower', offer('a', 300))
  const page = await open(`${url}/#/products/${id}?range=1h`, {
    expected: [new RegExp(`^GET /api/v1/(products/${id}|changes/stream).* 404$`)],
  })
  const lowest = () => textsOf(page.locator('.standing .lowest'))
  await becomes(t, lowest, ['300'])
  put(offer('a', 250, 4), offer('b', 400))
  await becomes(t, lowest, ['250'])
  await becomes(t, async () => (await rowOf(page, 'a')).slice(0, 3), ['a', '250', '4'])
  await becomes(t, async () => (await figures(page)()).slice(0, 3), [
    '-16.67 % (-50)',
    '250',
    '300',
  ])
  put(offer('a', 250, 0))
  await becomes(t, lowest, ['none in stock'])
  await becomes(t, async () => (await rowOf(page, 'a')).slice(0, 3), ['a', '250', 'sold out'])
  await page.getByText('No longer on sale: 1 of the offers').click()
  await becomes(t, () => rowOf(page, 'b'), ['b', '400'])
  await app.store.updateProduct(id, { name: 'Lawn mower' })
  await page.getByRole('heading', { level: 1, name: 'Lawn mower' }).waitFor()
  await app.store.deleteProduct(id)
  await page.getByRole('heading', { name: 'This product was deleted' }).waitFor()
})

for (const [what, unknown] of [
  ['a product that is not there', UNKNOWN_ID],
  ['an address that names none', 'mower'],
] as const) {
  test(`${what} is reported, with a way to go on`, async (_t, open) => {
    const page = await open(`${url}/#/products/${unknown}`, {
      expected: [/^GET \/api\/v1\/(products\/|changes\/stream).* (400|404)$/],
    })
    await page.getByRole('heading', { name: 'There is no such product' }).waitFor()
    await page.getByRole('link', { name: 'Go to the catalogue' }).click()
    await page.getByRole('heading', { name: 'Catalogue' }).waitFor()
  })
}
