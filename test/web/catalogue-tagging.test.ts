/** Tags for all products of a list at once. */
import type { Page } from 'playwright-core'
import t from 'tap'
import type { ProductList } from '../../schemas/product.ts'
import { createAll, list, read } from '../routes/helper.ts'
import { isAccessible } from './axe.ts'
import { becomes, focused } from './expect.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const { url, app } = await serveStill(t)
const BATCH = '**/products/batch/update'
const FULL = Array.from({ length: 32 }, (_, n) => `tag ${n}`)

/** Creates products whose names begin with a word of their own. */
const make = (word: string, tags: string[][]) =>
  createAll(
    app,
    tags.map((tags, n) => ({ name: `${word} ${n}`, tags })),
  )

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const dialog = (page: Page) => page.getByRole('dialog')
const field = (page: Page) => dialog(page).getByRole('textbox', { name: 'Tags' })
const message = (page: Page, text: string) => page.getByText(text, { exact: true })

/** The tags of the products whose names have this word. */
async function tagsOf(word: string): Promise<string[][]> {
  const { items } = await list(app, `q=${word}&limit=200`)
  return items.map(({ tags }) => tags)
}

/** Opens the list of these products, and the dialog for it, and types tags. */
async function typeTags(page: Page, query: string, typed: string): Promise<void> {
  await page.goto(`${url}/#/?${query}`)
  await page.locator('.rows .row').first().waitFor()
  await button(page, 'Tag these…').click()
  await field(page).fill(typed)
}

test('all products of a list are tagged, and those that had the tags keep them', async (t, open) => {
  await make('wrench', [[], ['sale'], ['x', 'new'], ['sale', 'new']])
  await make('other', [[]])
  const page = await open('about:blank')
  await typeTags(page, 'q=wrench', ' sale, new,sale ')
  await button(page, 'Add…').click()
  const asked = dialog(page).getByRole('heading', { name: 'Add to 4 products?' })
  await focused(asked)
  await dialog(page).getByText('sale, new', { exact: true }).waitFor()
  await button(page, 'Add to 4 products').click()
  await message(page, 'Added “sale, new” to 3 products.').waitFor()
  t.equal(await dialog(page).count(), 0)
  await focused(button(page, 'Tag these…'))
  t.strictSame(await tagsOf('wrench'), [
    ...[
      ['sale', 'new'],
      ['sale', 'new'],
      ['x', 'new', 'sale'],
      ['sale', 'new'],
    ],
  ])
  t.strictSame(await tagsOf('other'), [[]])
  await page.locator('.rows').getByRole('link', { name: 'sale' }).nth(3).waitFor() // The list follows.

  await button(page, 'Undo').click()
  await message(page, 'The tags of 3 products are as they were.').waitFor()
  t.strictSame(await tagsOf('wrench'), [[], ['sale'], ['x', 'new'], ['sale', 'new']])
})

test('a tag is removed from all products of a list, with the keyboard alone', async (t, open) => {
  await make('chisel', [['old'], ['a', 'old', 'b'], ['a', 'b']])
  const page = await open(`${url}/#/?tag=old&q=chisel`)
  await page.locator('.rows .row').nth(1).waitFor()
  await button(page, 'Tag these…').focus()
  await page.keyboard.press('Enter')
  await focused(field(page))
  await page.keyboard.type('old')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await focused(button(page, 'Remove…'))
  await page.keyboard.press('Enter')
  await focused(dialog(page).getByRole('heading', { name: 'Remove from 2 products?' }))
  await page.keyboard.press('Tab')
  await focused(button(page, 'Back'))
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await message(page, 'Removed “old” from 2 products.').waitFor()
  t.strictSame(await tagsOf('chisel'), [[], ['a', 'b'], ['a', 'b']])
  await page.getByText('No product matches.').waitFor()
  await button(page, 'Undo').click()
  await message(page, 'The tags of 2 products are as they were.').waitFor()
  t.strictSame(await tagsOf('chisel'), [['old'], ['a', 'b', 'old'], ['a', 'b']])
})

test('what is typed is checked, and kept on the way back', async (t, open) => {
  await make('level', [[]])
  const page = await open('about:blank')
  await typeTags(page, 'q=level', ' , ')
  await button(page, 'Add…').click()
  await dialog(page).getByRole('alert').getByText('Type a tag', { exact: true }).waitFor()
  await focused(field(page))
  for (const [typed, fault] of [
    ['ok, \u200b', '“\u200b” must have at least one visible character'],
    [`ok, ${'w'.repeat(65)}`, `“${'w'.repeat(59)}…” has 65 characters; at most 64 are allowed`],
    [[...FULL, 'one'].join(), 'Type at most 32 tags'],
  ] as const) {
    await field(page).fill(typed)
    await button(page, 'Remove…').click()
    await dialog(page).getByRole('alert').getByText(fault, { exact: true }).waitFor()
  }
  await field(page).fill('a\\, b')
  await page.keyboard.press('Enter')
  await dialog(page).getByRole('heading', { name: 'Add to 1 product?' }).waitFor()
  await button(page, 'Back').click()
  t.equal(await field(page).inputValue(), 'a\\, b')
  await button(page, 'Add…').click()
  await button(page, 'Add to 1 product').click()
  await message(page, 'Added “a\\, b” to 1 product.').waitFor()
  t.strictSame(await tagsOf('level'), [['a, b']])
})

test('a list of no products, and one of too many, is not tagged', async (_t, open) => {
  const page = await open(`${url}/#/?q=nothing`)
  await page.getByText('No product matches.').waitFor()
  await button(page, 'Tag these…').click()
  await field(page).fill('a')
  await button(page, 'Add…').click()
  await dialog(page).getByText('No product matches', { exact: true }).waitFor()
  await page.route('**/products?*count=true*', (route) =>
    route.fulfill({ json: { items: [], next_cursor: null, total: 10_001 } satisfies ProductList }),
  )
  await button(page, 'Add…').click()
  await dialog(page).getByText('at most 10,000 are tagged at once: search or filter').waitFor()
})

test('products that are full or gone do not prevent the others', async (t, open) => {
  const [gone = { id: '' }] = await make('saw', [[], FULL, ['a']])
  const page = await open('about:blank')
  await typeTags(page, 'q=saw', 'sale')
  await page.route(BATCH, async (route) => {
    await app.store.deleteProduct(gone.id)
    await route.continue()
  })
  await button(page, 'Add…').click()
  await button(page, 'Add to 3 products').click()
  await message(
    page,
    'Added “sale” to 1 product. Left 1 product unchanged: at most 32 tags are allowed.',
  ).waitFor()
  t.strictSame(await tagsOf('saw'), [FULL, ['a', 'sale']])
})

test('where nothing lacks the tags, nothing is sent', async (t, open) => {
  await make('plane', [['sale'], ['sale']])
  const page = await open('about:blank')
  await typeTags(page, 'q=plane', 'sale')
  const { lastSeq } = app.store
  await button(page, 'Add…').click()
  await button(page, 'Add to 2 products').click()
  await message(page, 'No tags were changed.').waitFor()
  t.equal(await button(page, 'Undo').count(), 0)
  t.equal(app.store.lastSeq, lastSeq)
})

/** How many of many products have a tag. */
const countOf = async (tag: string) =>
  (await app.store.products({ sort: 'name', words: [], tags: [tag], count: true, limit: 1 })).total

test('many products are tagged part by part, with their number, and can be stopped', async (t, open) => {
  const products = await make(
    'nail',
    Array.from({ length: 450 }, () => ['nails']),
  )
  const page = await open('about:blank')
  await typeTags(page, 'tag=nails', 'rusty')
  const held = Promise.withResolvers<void>()
  let batches = 0
  await page.route(BATCH, async (route) => {
    batches += 1
    if (batches === 2) await held.promise
    await route.continue()
  })
  await button(page, 'Add…').click()
  await button(page, 'Add to 450 products').click()
  await focused(dialog(page).getByRole('heading', { name: 'Adding to 450 products' }))
  await message(page, '200 of 450 products').waitFor()
  t.equal(await dialog(page).getByRole('progressbar').getAttribute('value'), '200')
  await isAccessible(t, page)
  await button(page, 'Stop').click()
  held.resolve()
  await message(page, 'Stopped after 400 of 450 products. Added “rusty” to 400 products.').waitFor()
  t.equal(await dialog(page).count(), 0)
  t.equal(await countOf('rusty'), 400)
  t.strictSame((await read(app, products[400]?.id ?? '')).tags, ['nails'])

  await button(page, 'Tag these…').click()
  await field(page).fill('rusty')
  await button(page, 'Add…').click()
  await button(page, 'Add to 450 products').click()
  await message(page, 'Added “rusty” to 50 products.').waitFor()
  t.equal(await countOf('rusty'), 450)
})

test('what fails on the way is reported with what was done, and can be tried again', async (t, open) => {
  await make(
    'bolt',
    Array.from({ length: 250 }, () => ['bolts']),
  )
  const page = await open('about:blank', { expected: [/^POST .*update 503$/] })
  await typeTags(page, 'tag=bolts', 'cheap')
  let batches = 0
  await page.route(BATCH, (route) => {
    batches += 1
    return batches === 2
      ? route.fulfill({ status: 503, json: { message: 'Not now' } })
      : route.continue()
  })
  await button(page, 'Add…').click()
  await button(page, 'Add to 250 products').click()
  await message(page, 'Stopped after 200 of 250 products. Added “cheap” to 200 products.').waitFor()
  await message(page, 'Not all were tagged: Not now').waitFor()
  await button(page, 'Try again').click()
  t.equal(await field(page).inputValue(), 'cheap')
  await button(page, 'Add…').click()
  await button(page, 'Add to 250 products').click()
  await message(page, 'Added “cheap” to 50 products.').waitFor()
  t.equal(await countOf('cheap'), 250)
})

test('a count or an undo that fails can be tried again', async (t, open) => {
  await make('clamp', [[]])
  const page = await open('about:blank', { expected: [/ 503$/] })
  await typeTags(page, 'q=clamp', 'a')
  const fail = (pattern: string) =>
    page.route(pattern, (route) => route.fulfill({ status: 503, json: { message: 'Not now' } }), {
      times: 1,
    })
  await fail('**/products?*count=true*')
  await button(page, 'Add…').click()
  await dialog(page).getByText('Not now', { exact: true }).waitFor()
  await button(page, 'Add…').click()
  await button(page, 'Add to 1 product').click()
  await message(page, 'Added “a” to 1 product.').waitFor()
  await fail(BATCH)
  await button(page, 'Undo').click()
  await message(page, 'Not undone: Not now').waitFor()
  await button(page, 'Try again').click()
  await message(page, 'The tags of 1 product are as they were.').waitFor()
  t.strictSame(await tagsOf('clamp'), [[]])
})

test('the dialog is loaded when it is opened', async (t, open) => {
  const page = await open('about:blank', { expected: [/^GET \/assets\/tag-dialog-\w+\.js /] })
  const loaded: string[] = []
  page.on('request', (request) => loaded.push(request.url()))
  await page.goto(`${url}/#/?q=wrench`)
  await page.locator('.rows .row').first().waitFor()
  t.notOk(loaded.some((path) => path.includes('tag-dialog')))
  await page.route('**/assets/tag-dialog-*.js', (route) => route.abort())
  await button(page, 'Tag these…').click()
  await message(page, 'Not opened: this part of the page could not be loaded').waitFor()
})

test('each step is accessible, and fits a narrow screen', async (t, open) => {
  const page = await open('about:blank', { viewport: { width: 360, height: 740 } })
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
  await typeTags(page, 'q=wrench', `${'W'.repeat(64)}, ${'M'.repeat(64)}`)
  await isAccessible(t, page)
  t.equal(await page.evaluate(overflow), 0)
  await button(page, 'Add…').click()
  await button(page, 'Add to 4 products').waitFor()
  await isAccessible(t, page)
  await becomes(t, () => page.evaluate<number>(overflow), 0)
})
