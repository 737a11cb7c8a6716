import t from 'tap'
import { HOUR_MS } from '../../history/time.ts'
import { offer } from '../routes/helper.ts'
import { becomes, textsOf } from './expect.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const { url, app, time, add } = await serveStill(t, { PRICE_UNIT: 'EUR', PRICE_MINOR_DIGITS: '2' })
const now = Date.now()
time.behind = HOUR_MS
const { id } = await add('Mower', [
  [now - 60_000, offer('a', 41_900, 3)],
  [now, offer('a', 40_050, 3)],
])
time.behind = 0

test('prices have their unit and minor digits, and other numbers do not', async (t, open) => {
  const page = await open(`${url}/#/`)
  await becomes(t, () => textsOf(page.locator('.rows .number')), [
    'Lowest price €400.50',
    'Offers 1',
  ])
  await page.goto(`${url}/#/products/${id}?range=1h&stock=true`)
  await page.getByText('Lowest price €400.50').waitFor()
  const figures = async () => (await textsOf(page.locator('.figures dd'))).slice(0, 3)
  await becomes(t, figures, ['-4.42 % (-€18.50)', '€400.50', '€419.00'])
  const stock = page.getByRole('slider', { name: 'Stock at a moment' })
  await stock.waitFor()
  t.match(await stock.getAttribute('aria-valuetext'), /: at the lowest price 3; offer a 3$/)
})

test('a price is typed in its unit, and sent as an integer', async (t, open) => {
  const page = await open(`${url}/#/products/${id}`)
  await page.getByRole('button', { name: 'Tell me when…' }).click()
  const price = page.getByRole('textbox', { name: 'Price' })
  await becomes(t, () => price.inputValue(), '400.50')
  await price.fill('399.9')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByText('“Mower: the price is below €399.90” watches from now on.').waitFor()
  const { items } = (await app.inject('/api/v1/alerts')).json<{ items: unknown[] }>()
  t.match(items, [{ condition: { type: 'price_below', price: 39_990 } }])
})
