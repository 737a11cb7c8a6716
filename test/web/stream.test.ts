import type { Page } from 'playwright-core'
import { offer } from '../routes/helper.ts'
import { becomes, textsOf } from './expect.ts'
import { serveLive } from './service.ts'
import { test } from './visit.ts'

/** One more than the connections that a browser opens to a host. */
const WINDOWS = 7

const lowest = (page: Page) => () => textsOf(page.locator('.standing .lowest'))

test('more windows than a browser has connections show a product, and each change of it', async (t, open) => {
  const { url, app, id, offer: put } = await serveLive(t, 'Mower', offer('a', 300))
  const place = `${url}/#/products/${id}`
  const first = await open(place)
  const pages = [first]
  while (pages.length < WINDOWS) {
    const page = await first.context().newPage()
    await page.goto(place)
    pages.push(page)
  }
  for (const page of pages) await becomes(t, lowest(page), ['300'])
  await becomes(t, async () => app.changeHub.size, 1, 'one of them holds a stream')
  put(offer('a', 250))
  for (const page of pages) await becomes(t, lowest(page), ['250'])

  // The first one is left open, as the helper looks at its complaints in the end.
  await first.goto('about:blank')
  await becomes(t, async () => app.changeHub.size, 1, 'another one takes over')
  put(offer('a', 200))
  for (const page of pages.slice(1)) await becomes(t, lowest(page), ['200'])
})

test('where a page has no locks, it shows each change without a stream', async (t, open) => {
  const { url, app, id, offer: put } = await serveLive(t, 'Mower', offer('a', 300))
  const page = await open('about:blank')
  await page.addInitScript('delete Navigator.prototype.locks')
  await page.goto(`${url}/#/products/${id}`)
  await becomes(t, lowest(page), ['300'])
  put(offer('a', 250))
  await becomes(t, lowest(page), ['250'])
  t.equal(app.changeHub.size, 0)
})
