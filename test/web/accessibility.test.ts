import type { Page } from 'playwright-core'
import t from 'tap'
import { DAY_MS, MINUTE_MS } from '../../history/time.ts'
import { csvLine } from '../../import-export/csv.ts'
import type { Alert } from '../../schemas/alert.ts'
import { offer, polled } from '../routes/helper.ts'
import { isAccessible } from './axe.ts'
import { becomes, focused } from './expect.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const HOSTILE = '<script>hacked = 1</script><img src=x onerror="hacked = 1">'
const LONG = 'W'.repeat(255)
const DEAR = 999_999_999

/** Two products with the worst of texts, whose prices moved, and of which one offer each is gone. */
const { url, app, time, add } = await serveStill(t)
const now = Date.now()
const offers = (text: string, price: number) => [
  offer(text, price),
  offer(`2${text}`.slice(0, 255), DEAR),
]
time.behind = 3 * DAY_MS
const [hostile, long] = [
  await add(HOSTILE, [
    [now - 2 * DAY_MS, ...offers(HOSTILE, 10)],
    [now - MINUTE_MS, ...offers(HOSTILE, 10), offer('gone', DEAR)],
    [now, ...offers(HOSTILE, 9)],
  ]),
  await add(LONG, [
    [now - 2 * DAY_MS, ...offers(LONG, DEAR - 9)],
    [now - MINUTE_MS, ...offers(LONG, DEAR - 9), offer(`${LONG.slice(2)}!`, DEAR)],
    [now, ...offers(LONG, DEAR)],
  ]),
]
time.behind = 0
await app.store.updateProduct(hostile.id, { description: HOSTILE })
await app.store.updateProduct(long.id, { description: LONG.repeat(20) })

/** An alert with the worst of names that has fired. */
const answer = await app.inject({
  method: 'POST',
  url: '/api/v1/alerts',
  payload: { name: LONG, product_id: long.id, condition: { type: 'price_below', price: DEAR - 1 } },
})
const alert = answer.json<Alert>()
const since = Date.parse(alert.created_at)
await app.store.settle([polled(long.token, [since + 1, ...offers(LONG, DEAR - 9)])])
await app.store.settle([polled(long.token, [since + 2, ...offers(LONG, DEAR)])])

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })

async function openDetails(page: Page): Promise<void> {
  await page.getByText('Show as a table').click()
  await page.getByText('No longer on sale').click()
  await page.getByRole('checkbox', { name: 'Stock chart' }).check()
  await page.locator('.stock canvas').waitFor()
  await page.locator('.plot canvas').first().waitFor()
}

/** What there is to look at: its place, and what is done there before one looks. */
const views: [what: string, place: string, act: (page: Page) => Promise<unknown>][] = [
  ['the catalogue', '', (page) => page.getByRole('img', { name: 'last day' }).nth(1).waitFor()],
  ['a product', `products/${hostile.id}?range=1h`, openDetails],
  ['a product of great length', `products/${long.id}?range=1h`, openDetails],
  [
    'a comparison',
    `compare?id=${long.id}&id=${hostile.id}&range=7d`,
    async (page) => {
      await page.getByRole('searchbox').fill('www')
      await page.getByText('No other product matches.').waitFor()
      await page.locator('.plot canvas').waitFor()
    },
  ],
  ['the list of movers', 'movers', (page) => page.getByRole('link', { name: LONG }).waitFor()],
  [
    'the list of alerts',
    'alerts',
    (page) => page.getByRole('link', { name: LONG }).nth(1).waitFor(),
  ],
  [
    'an alert with its firings',
    `alerts/${alert.id}`,
    (page) => page.getByRole('region', { name: 'Firings' }).waitFor(),
  ],
  [
    'the dialog for an alert',
    `products/${long.id}?range=7d`,
    async (page) => {
      await button(page, 'Tell me when…').click()
      await page.getByText('More settings').click()
      await page.getByRole('textbox', { name: 'Re-arm' }).fill('101')
      await button(page, 'Create').click()
      await page.getByRole('dialog').getByRole('alert').waitFor()
      await page.getByRole('textbox', { name: 'Re-arm' }).fill('0')
      await page.getByText('It would have fired once').waitFor()
      await page.locator('dialog canvas').waitFor()
    },
  ],
  [
    'an import',
    'import',
    async (page) => {
      const buffer = Buffer.from(`name,${LONG}\n${LONG}${LONG}\n${HOSTILE.repeat(5)}`)
      const name = `${HOSTILE.replaceAll('/', '')}${LONG.slice(100)}.csv`
      await page.getByLabel('File').setInputFiles({ name, mimeType: 'text/csv', buffer })
      await button(page, 'Import').click()
      await page.getByRole('heading', { name: '2 refused rows' }).waitFor()
    },
  ],
  [
    'the choice of columns',
    'import',
    async (page) => {
      const buffer = Buffer.from(csvLine([LONG, HOSTILE]) + csvLine([LONG.repeat(9), HOSTILE]))
      await page.getByLabel('File').setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer })
      await page.getByRole('combobox', { name: 'Name' }).selectOption(HOSTILE)
      await page.getByRole('combobox', { name: 'Description' }).selectOption(LONG)
      await page.getByRole('cell', { name: LONG.slice(0, 200) }).waitFor()
    },
  ],
  [
    'the dialog for a new product',
    '',
    async (page) => {
      await button(page, 'New product').click()
      await page.getByRole('textbox', { name: 'Name' }).fill(LONG + HOSTILE)
      await button(page, 'Create').click()
      await page.getByRole('dialog').getByRole('alert').waitFor()
    },
  ],
  [
    'the question before a product is deleted',
    `products/${hostile.id}`,
    (page) => button(page, 'Delete').click(),
  ],
  [
    'a message',
    `products/${hostile.id}`,
    async (page) => {
      await button(page, 'Edit').click()
      await page.getByRole('textbox', { name: 'Description' }).fill(`${HOSTILE}${now}`)
      await button(page, 'Save').click()
      await page.getByRole('status', { name: 'Messages' }).getByText(HOSTILE).waitFor()
    },
  ],
]
for (const [what, place, act] of views) {
  test(`${what} is accessible, fits a narrow screen and runs nothing`, async (t, open) => {
    const page = await open(`${url}/#/${place}`, { expected: [/^POST .* 400$/] })
    await act(page)
    await isAccessible(t, page)
    await page.setViewportSize({ width: 360, height: 740 })
    const overflow = `[...document.querySelectorAll(':root, dialog')].map(
      ({ scrollWidth, clientWidth }) => Math.max(0, scrollWidth - clientWidth))`
    await becomes(t, async () => Math.max(...(await page.evaluate<number[]>(overflow))), 0)
    t.equal(await page.evaluate('typeof hacked'), 'undefined')
    t.equal(await page.locator('img, body script').count(), 0)
  })
}

test('every text is shown as it is', async (t, open) => {
  const page = await open(url)
  const row = page.locator('.rows .row').filter({ hasText: HOSTILE })
  t.equal(await row.locator('a').innerText(), HOSTILE)
  await row.getByRole('link', { name: HOSTILE, exact: true }).click()
  await heading(page, HOSTILE).waitFor()
  await becomes(t, () => page.title(), `${HOSTILE} – Product aggregator`)
  await page.getByText(HOSTILE).nth(1).waitFor()
  await button(page, `Copy the id of offer ${HOSTILE.slice(0, 8)}`).click()
})

test('the page is used with the keyboard alone', async (_t, open) => {
  const page = await open(url)
  async function press(...keys: string[]): Promise<void> {
    for (const key of keys) await page.keyboard.press(key)
  }
  await page.getByRole('link', { name: LONG }).waitFor()
  await press('Tab')
  await focused(page.getByRole('link', { name: 'Skip to the content' }))
  await press('Enter')
  await focused(heading(page, 'Catalogue'))
  await press('Tab')
  await focused(button(page, 'New product'))
  await press('Tab')
  await focused(page.getByRole('searchbox'))
  await page.keyboard.type('www')
  await page.getByRole('link', { name: HOSTILE }).waitFor({ state: 'detached' })
  for (const filter of ['Sort by', 'Show']) {
    await press('Tab')
    await focused(page.getByRole('combobox', { name: filter }))
  }
  await press('Tab')
  await focused(page.getByRole('checkbox', { name: 'In stock only' }))
  const buttons = [/^Tag these/, /^Export as CSV/, /^Product: sort/, /^Lowest price: sort/]
  for (const name of buttons) {
    await press('Tab')
    await focused(page.getByRole('button', { name }))
  }
  await press('Tab')
  await focused(page.getByRole('link', { name: LONG }))
  await press('Enter')
  await focused(heading(page, LONG))
})

test('the focus stays in an open dialog, and returns from it', async (t, open) => {
  const page = await open(url)
  await button(page, 'New product').focus()
  await page.keyboard.press('Enter')
  await focused(page.getByRole('textbox', { name: 'Name' }))
  for (const key of ['Tab', 'Shift+Tab']) {
    for (let presses = 0; presses < 6; presses++) {
      await page.keyboard.press(key)
      const outside = page.locator('body :focus:not(dialog, dialog *)')
      t.equal(await outside.count(), 0)
    }
  }
  await page.keyboard.press('Escape')
  await focused(button(page, 'New product'))
})
