import t from 'tap'
import { isAccessible } from './axe.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const { url } = await serveStill(t)

/** Headings that skip a level, no landmarks, and links within buttons: no style sheet can mend those of Swagger UI. */
const OF_SWAGGER_UI = ['heading-order', 'landmark-one-main', 'nested-interactive', 'region']

test('the documentation page is accessible', async (t, open) => {
  const page = await open(`${url}/docs`)
  await page.getByRole('link', { name: '/api/v1/products', exact: true }).first().waitFor()
  await isAccessible(t, page, OF_SWAGGER_UI)
  t.equal(await page.title(), 'Product aggregator: API')
})
