import type { Page } from 'playwright-core'
import t from 'tap'
import type { NewProduct } from '../../schemas/product.ts'
import { once } from '../helper.ts'
import { becomes, textsOf } from './expect.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const PRODUCTS = 100_000
const BATCH = 1_000

/** Every `RARE_EVERY`-th product is a rare one; they fill several pages of the catalogue. */
const RARE_EVERY = 400

const number = (index: number) => String(index).padStart(6, '0')
const rare = Array.from(
  { length: PRODUCTS / RARE_EVERY },
  (_, index) => `Rare ${number(index * RARE_EVERY)}`,
)

function product(index: number): NewProduct {
  const word = index % RARE_EVERY === 0 ? 'Rare' : 'Product'
  return { name: `${word} ${number(index)}`, description: `Number ${index}` }
}

/** The URL of a service with all these products, for the tests of this file: none of them changes any. */
const serveLarge = once(async (): Promise<string> => {
  const { url, app } = await serveStill(t)
  for (let first = 0; first < PRODUCTS; first += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, index) => product(first + index))
    await app.store.createProducts(batch)
  }
  return url
})

const parts = (page: Page) => page.locator('ul.rows')
const names = (page: Page) => textsOf(page.locator('.rows .row a'))
const end = (page: Page) => page.getByText('That is all.')

/** Scrolls to the end of what there is, and waits for what comes there. */
async function scrollOn(page: Page): Promise<void> {
  const next = parts(page).nth(await parts(page).count())
  const come = next.or(end(page)).first()
  await page.keyboard.press('End')
  // What came on the way has moved the end away.
  await come.waitFor({ timeout: 5_000 }).catch(() => page.keyboard.press('End'))
  await come.waitFor()
}

test('a large catalogue shows its first products, its size and where a search leads', async (t, open) => {
  const page = await open(await serveLarge())
  await becomes(t, async () => (await names(page))[0], 'Product 099999')
  await page.locator('#main').getByText('100,000 products').waitFor()
  await page.getByRole('searchbox').pressSequentially('rare 0400')
  await becomes(t, () => names(page), ['Rare 040000'])
  await page.getByRole('searchbox').fill('')
  await page.getByRole('combobox', { name: 'Sort by' }).selectOption('name, Z to A')
  await becomes(t, async () => (await names(page)).slice(0, 2), ['Rare 099600', 'Rare 099200'])
  await page.getByRole('combobox', { name: 'Sort by' }).selectOption('oldest first')
  await becomes(t, async () => (await names(page))[0], 'Rare 000000')
})

test('each product is shown once as one scrolls to the end', async (t, open) => {
  const page = await open(`${await serveLarge()}/#/?q=rare&sort=name`)
  await parts(page).first().waitFor()
  const found = new Map<string, number>()
  for (let scrolls = 0; scrolls < rare.length && found.size < rare.length; scrolls++) {
    for (const [index, part] of (await parts(page).all()).entries()) {
      for (const name of await textsOf(part.locator('a'))) {
        t.equal(found.get(name) ?? index, index, `${name} stays where it is`)
        found.set(name, index)
      }
    }
    await scrollOn(page)
  }
  t.strictSame([...found.keys()], rare)
})

test('far parts of the catalogue become empty boxes, and come back', async (t, open) => {
  const page = await open(await serveLarge())
  const first = parts(page).first()
  const rows = first.locator('.row')
  await becomes(t, () => rows.count(), 30)
  const { height } = (await first.boundingBox()) ?? {}
  while ((await parts(page).count()) < 12) await scrollOn(page)
  await becomes(t, () => rows.count(), 0)
  t.equal((await first.boundingBox())?.height, height, 'nothing moves by that')
  const few = async () => (await page.locator('.rows .row').count()) <= 5 * 30
  await becomes(t, few, true, 'of 360 rows and more, few are there')
  await page.keyboard.press('Home')
  await becomes(t, () => rows.count(), 30)
  t.equal((await names(page))[0], 'Product 099999')
})

test('going back from a product leads to the same place in the catalogue', async (t, open) => {
  const page = await open(await serveLarge())
  await parts(page).first().waitFor()
  while ((await parts(page).count()) < 4) await scrollOn(page)
  const product = parts(page).nth(2).getByRole('link').first()
  await product.click()
  await page.getByRole('heading', { level: 1, name: /^(Product|Rare) \d+$/ }).waitFor()
  t.equal(await page.evaluate('scrollY'), 0, 'the product begins at its beginning')
  await page.goBack()
  await product.waitFor()
  const { y = -1 } = (await product.boundingBox()) ?? {}
  t.ok(y >= 0 && y < 720, 'it is on the screen')
  t.ok(await page.evaluate('scrollY > 1000'))
})

test('a page of the catalogue that cannot be read is not asked for without a pause', async (t, open) => {
  const page = await open(await serveLarge(), { expected: [/^GET .*cursor=.* 503$/] })
  await parts(page).first().waitFor()
  let asked = 0
  await page.route(/cursor=/, (route) => {
    asked += 1
    return route.fulfill({ status: 503, json: { message: 'Not now' } })
  })
  let polls = 0
  page.on('request', (request) => {
    polls += /\/products\?(?!.*cursor=)/.test(request.url()) ? 1 : 0
  })
  await page.keyboard.press('End')
  await becomes(t, async () => polls >= 3, true)
  t.ok(asked >= 1 && asked <= polls + 1, `${asked} times in ${polls} polls`)
})
