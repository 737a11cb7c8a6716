import type { Page } from 'playwright-core'
import t from 'tap'
import { DAY_MS, HOUR_MS } from '../../history/time.ts'
import { create, failed, offer } from '../routes/helper.ts'
import { becomes, placeOf, textsOf } from './expect.ts'
import { serveLive, serveStill } from './service.ts'
import { test } from './visit.ts'

/** The products of each test have a word of their own, by which it finds them. */
const { url, app, time, add } = await serveStill(t)

const namesOn = (page: Page) => () => textsOf(page.locator('.rows .row a'))

const rowOf = (page: Page, name: string) =>
  page.locator('.rows .row').filter({ has: page.getByRole('link', { name, exact: true }) })

const search = (page: Page) => page.getByRole('searchbox', { name: 'Search products' })

test('the catalogue shows price, offers, last day and freshness of a product', async (t, open) => {
  const now = Date.now()
  time.behind = 3 * HOUR_MS
  await add('Mower', [
    [now - 2 * HOUR_MS, offer('a', 51_900), offer('b', 70_000)],
    [now - HOUR_MS, offer('a', 41_900), offer('b', 70_000), offer('c', 9, 0)],
  ])
  time.behind = 0
  const page = await open(`${url}/#/?q=mower`)
  const row = rowOf(page, 'Mower')
  await row.getByRole('img', { name: 'last day from 41,900 to 51,900' }).waitFor()
  t.strictSame(await textsOf(row.locator('> div')), [
    'Mower',
    'Lowest price 41,900',
    'Offers 3',
    '',
    'Checked 1 h ago',
  ])
})

test('the catalogue says which products have no price, and why', async (t, open) => {
  await add('Nut sold out', [[Date.now() - 4 * DAY_MS]])
  const { token } = await add('Nut rejected')
  await app.store.settle([
    { type: 'rejected', token, version: 1, reason: 'no nuts', at: Date.now() },
  ])
  await add('Nut new')
  const page = await open(`${url}/#/?q=nut`)
  const columns = page.locator('.rows .row > .price, .rows .row > .fresh')
  await becomes(t, () => textsOf(columns), [
    ...['Lowest price none in stock', 'Checked waiting for offers'],
    ...['Lowest price none in stock', 'Checked rejected'],
    ...['Lowest price none in stock', 'Checked 4 d ago stale'],
  ])
})

test('the catalogue is searched as one types, and the address follows', async (t, open) => {
  await add('Sekačka na trávu')
  const { id } = await add('Trimmer')
  await app.store.updateProduct(id, { description: 'Not a lawn sweeper' })
  const page = await open(url)
  await search(page).pressSequentially('sekac')
  await becomes(t, namesOn(page), ['Sekačka na trávu'])
  t.equal(placeOf(page), '#/?q=sekac')
  await page.reload()
  await becomes(t, namesOn(page), ['Sekačka na trávu'])
  t.equal(await search(page).inputValue(), 'sekac')
  await search(page).fill('LAWN SW')
  await becomes(t, namesOn(page), ['Trimmer'])
  await page.getByRole('link', { name: 'Movers' }).click()
  await page.getByRole('heading', { name: 'Biggest movers' }).waitFor()
  await page.goBack()
  await becomes(t, namesOn(page), ['Trimmer'])
  t.equal(await search(page).inputValue(), 'LAWN SW')
  await search(page).fill('nothing like it')
  await page.getByText('No product matches.').waitFor()
  t.strictSame(await namesOn(page)(), [])
  await search(page).fill('🛒'.repeat(201))
  await page.getByText('The search has 201 characters; at most 200 are allowed').waitFor()
  await search(page).fill('🛒'.repeat(200))
  await becomes(t, async () => placeOf(page).includes(encodeURIComponent('🛒')), true)
})

test('the catalogue is sorted and filtered, and the address says how', async (t, open) => {
  const now = Date.now()
  for (const [name, price, stock] of [
    ['Mid blade', 300, 1],
    ['All blade', 100, 0],
    ['Saw blade', 200, 1],
  ] as const) {
    await add(name, [[now, offer('a', price, stock)]])
  }
  const page = await open(`${url}/#/?q=blade`)
  const sort = page.getByRole('combobox', { name: 'Sort by' })
  for (const [by, wanted] of [
    ['name, A to Z', 'All Mid Saw'],
    ['name, Z to A', 'Saw Mid All'],
    ['price, lowest first', 'Saw Mid All'],
    ['oldest first', 'Mid All Saw'],
    ['newest first', 'Saw All Mid'],
    ['price, highest first', 'Mid Saw All'],
  ] as const) {
    await sort.selectOption(by)
    const names = wanted.split(' ').map((name) => `${name} blade`)
    await becomes(t, namesOn(page), names, by)
  }
  const inStock = page.getByRole('checkbox', { name: 'In stock only' })
  await inStock.check()
  await becomes(t, namesOn(page), ['Mid blade', 'Saw blade'])
  t.equal(placeOf(page), '#/?q=blade&sort=-lowest_price&in_stock=true')
  await page.reload()
  await becomes(t, namesOn(page), ['Mid blade', 'Saw blade'])
  t.ok(await inStock.isChecked())
})

test('Back and Forward go through searches, sorts and filters', async (t, open) => {
  const now = Date.now()
  for (const name of ['Plane A', 'Plane B', 'Chisel']) await add(name, [[now, offer('a', 1, 1)]])
  const page = await open(`${url}/#/movers`)
  await page.getByRole('link', { name: 'Catalogue' }).click()
  await search(page).pressSequentially('plane', { delay: 200 })
  await becomes(t, namesOn(page), ['Plane B', 'Plane A'])
  await page.getByRole('combobox', { name: 'Sort by' }).selectOption('name, A to Z')
  await becomes(t, namesOn(page), ['Plane A', 'Plane B'])
  await page.getByRole('checkbox', { name: 'In stock only' }).check()
  await search(page).fill('chisel')
  await becomes(t, namesOn(page), ['Chisel'])
  t.equal(await page.locator('.found').textContent(), '1 product found')

  const steps = [
    '#/?q=plane&sort=name&in_stock=true',
    '#/?q=plane&sort=name',
    '#/?q=plane',
    '#/',
    '#/movers',
  ]
  for (const step of steps) {
    await page.goBack()
    await becomes(t, async () => placeOf(page), step)
  }
  for (const step of steps.slice(0, -1).toReversed()) {
    await page.goForward()
    await becomes(t, async () => placeOf(page), step)
  }
  await becomes(t, namesOn(page), ['Plane A', 'Plane B'])
  t.equal(await search(page).inputValue(), 'plane')
  t.equal(await page.locator('.found').textContent(), '2 products found')
})

test('the catalogue shows what is stale, waits or was rejected, and why', async (t, open) => {
  const now = Date.now()
  await add('Fresh bolt', [[now, offer('a', 1)]])
  const broken = await add('Broken bolt', [[now - 4 * DAY_MS, offer('a', 1)]])
  await app.store.settle([failed(broken.token, now), failed(broken.token, now)])
  const refused = await add('Refused bolt')
  await app.store.settle([
    { type: 'rejected', token: refused.token, version: 1, reason: 'no bolts', at: now },
  ])
  await create(app, { name: 'New bolt' })
  const page = await open(`${url}/#/?q=bolt`)
  const show = page.getByRole('combobox', { name: 'Show' })
  for (const [which, wanted] of [
    ['stale', 'New Refused Broken'],
    ['waiting for registration', 'New'],
    ['rejected', 'Refused'],
    ['all products', 'New Refused Broken Fresh'],
    ['stale', 'New Refused Broken'],
  ] as const) {
    await show.selectOption(which)
    const names = wanted.split(' ').map((name) => `${name} bolt`)
    await becomes(t, namesOn(page), names, which)
  }
  t.equal(placeOf(page), '#/?q=bolt&show=stale')
  await page.reload()
  const badge = (name: string) => rowOf(page, `${name} bolt`).locator('.badge')
  await becomes(t, () => textsOf(page.locator('.rows .badge')), [
    'not registered yet',
    'rejected',
    'stale',
  ])
  const failing = 'The Offers service answered 500. Failed 2 times in a row; next attempt at '
  t.match(await badge('Broken').getAttribute('title'), failing)
  t.match(await badge('Refused').getAttribute('title'), 'rejected this product: no bolts.')
  await search(page).fill('bolt nothing like it')
  await page.getByText('No product matches.').waitFor()
})

test('the catalogue shows created, changed and deleted products without a reload', async (t, open) => {
  await add('Rake')
  const page = await open(`${url}/#/?q=rake`)
  await becomes(t, namesOn(page), ['Rake'])
  const { id } = await add('New rake')
  await becomes(t, namesOn(page), ['New rake', 'Rake'])
  await app.store.updateProduct(id, { name: 'Rake of wood' })
  await becomes(t, namesOn(page), ['Rake of wood', 'Rake'])
  await app.store.deleteProduct(id)
  await becomes(t, namesOn(page), ['Rake'])
})

test('the catalogue says why it cannot be read, and goes on when it can', async (t, open) => {
  await add('Spade')
  const page = await open('about:blank', { expected: [/^GET \/api\/v1\/products\?.* 503$/] })
  const json = { statusCode: 503, error: 'Service Unavailable', message: 'Not <b>now</b>' }
  await page.route('**/api/v1/products?*', (route) => route.fulfill({ status: 503, json }))
  await page.goto(`${url}/#/?q=spade`)
  const alert = page.getByRole('alert').filter({ hasText: 'Not <b>now</b>' })
  await alert.waitFor()
  await page.unrouteAll()
  await becomes(t, namesOn(page), ['Spade'])
  await alert.waitFor({ state: 'detached' })
})

test('the catalogue shows the prices of each poll without a reload', async (t, open) => {
  const { url, offer: put } = await serveLive(t, 'Mower', offer('a', 300))
  const page = await open(url)
  const figures = rowOf(page, 'Mower').locator('.number')
  await becomes(t, () => textsOf(figures), ['Lowest price 300', 'Offers 1'])
  put(offer('a', 250), offer('b', 400))
  await becomes(t, () => textsOf(figures), ['Lowest price 250', 'Offers 2'])
  put()
  await becomes(t, () => textsOf(figures), ['Lowest price none in stock', 'Offers 0'])
})
