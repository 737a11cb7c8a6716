import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import type { Webhook, WebhookList } from '../../schemas/webhook.ts'
import { create } from '../routes/helper.ts'
import { isAccessible } from './axe.ts'
import { becomes, focused, textsOf } from './expect.ts'
import { serveStill } from './service.ts'
import { type Open, test } from './visit.ts'

const { url, app } = await serveStill(t, { WEBHOOK_ALLOW_PRIVATE: 'true' })

const WEBHOOKS = '/api/v1/webhooks'
const dialog = (page: Page) => page.getByRole('dialog')
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })
const entries = (page: Page) => page.getByRole('list', { name: 'Webhooks' }).locator('> li')
const webhooks = async () => (await app.inject(WEBHOOKS)).json<WebhookList>().items

/** A receiver that answers with this status, and the types of the messages that it got. */
async function receiver(t: Test, answer: { status: number }) {
  const types: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (part: string) => {
      body += part
    })
    request.on('end', () => {
      types.push((JSON.parse(body) as { type: string }).type)
      response.writeHead(answer.status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/hook`, types }
}

test('a webhook is created, and its secret shown once', async (t, open) => {
  const { url: hook } = await receiver(t, { status: 204 })
  const page = await open(`${url}/#/webhooks`, { permissions: ['clipboard-write'] })
  await button(page, 'New webhook').click()
  await isAccessible(t, page)
  await dialog(page).getByRole('textbox', { name: 'URL' }).fill('shop.example.com')
  await button(page, 'Create').click()
  await dialog(page).getByRole('alert').getByText('Enter an http or https URL').waitFor()
  await focused(dialog(page).getByRole('textbox', { name: 'URL' }))
  await dialog(page).getByRole('textbox', { name: 'URL' }).fill(hook)
  await dialog(page).getByRole('checkbox', { name: 'a price changes' }).check()
  await dialog(page).getByRole('checkbox', { name: 'an alert fires' }).check()
  await dialog(page).getByRole('textbox', { name: 'The most changes' }).fill('50')
  await button(page, 'Create').click()
  const secret = dialog(page).getByText(/^whsec_/)
  await secret.waitFor()
  await isAccessible(t, page)
  await button(page, 'Copy').click()
  await dialog(page).getByRole('status').getByText('Copied the secret.').waitFor()
  await button(page, 'I have kept it').click()
  await dialog(page).waitFor({ state: 'detached' })
  t.match(await webhooks(), [
    { url: hook, types: ['offer.price_changed', 'alert.fired'], batch_size: 50 },
  ])
  await entries(page)
    .getByText('Told when a price changes, or an alert fires; up to 50 in a message')
    .waitFor()
  t.equal(await page.getByText(/whsec_/).count(), 0)
})

test('a webhook is created for the changes of a product and a tag', async (t, open) => {
  const { id } = await create(app, { name: 'Chain saw' })
  const page = await open(`${url}/#/webhooks`)
  await button(page, 'New webhook').click()
  await dialog(page).getByRole('textbox', { name: 'URL' }).fill('http://127.0.0.1:1/saws')
  const product = dialog(page).getByRole('searchbox', { name: 'Only about the product' })
  const found = dialog(page).getByRole('list', { name: 'Found products' })
  await product.fill('nothing like it')
  await dialog(page).getByText('No product matches.').waitFor()
  await product.fill('chai')
  await found.waitFor()
  await button(page, 'Create').click()
  await dialog(page).getByRole('alert').getByText('Choose one of the products found').waitFor()
  await focused(product)
  await isAccessible(t, page)
  await found.getByRole('button', { name: 'Chain saw' }).click()
  await focused(product)
  t.equal(await product.inputValue(), 'Chain saw')
  await found.waitFor({ state: 'detached' })
  const tag = dialog(page).getByRole('textbox', { name: 'Only about products with the tag' })
  await tag.fill('x'.repeat(65))
  await button(page, 'Create').click()
  await dialog(page).getByRole('alert').getByText('The tag has 65 characters').waitFor()
  await focused(tag)
  await tag.fill(' garden ')
  await button(page, 'Create').click()
  await button(page, 'I have kept it').click()
  const saws = entries(page).filter({ hasText: '/saws' })
  await saws.getByText('only about Chain saw; only about tag garden').waitFor()
  const made = (await webhooks()).find(({ url }) => url.endsWith('/saws'))
  t.match(made, { product_id: id, tag: 'garden', types: [] })
})

test('a webhook about a product that was deleted meanwhile is refused', async (_t, open) => {
  const { id } = await create(app, { name: 'Hedge trimmer' })
  const page = await open(`${url}/#/webhooks`, { expected: [/^POST \S+webhooks 404/] })
  await button(page, 'New webhook').click()
  await dialog(page).getByRole('textbox', { name: 'URL' }).fill('http://127.0.0.1:1/hedges')
  await dialog(page).getByRole('searchbox', { name: 'Only about the product' }).fill('hedge')
  await button(page, 'Hedge trimmer').click()
  await app.inject({ method: 'DELETE', url: `/api/v1/products/${id}` })
  await button(page, 'Create').click()
  await dialog(page).getByRole('alert').getByText(`There is no product ${id}`).waitFor()
})

async function opened(t: Test, open: Open, status: number, expected: RegExp[] = []) {
  for (const { id } of await webhooks())
    await app.inject({ method: 'DELETE', url: `${WEBHOOKS}/${id}` })
  const answer = { status }
  const hook = await receiver(t, answer)
  const payload = { url: hook.url }
  const created = (await app.inject({ method: 'POST', url: WEBHOOKS, payload })).json<Webhook>()
  const page = await open(`${url}/#/webhooks`, { expected })
  await entries(page).getByText('Told of every change').waitFor()
  return { page, hook, answer, id: created.id }
}

test('a webhook says how its deliveries go', async (t, open) => {
  const { page, answer, hook } = await opened(t, open, 204)
  await entries(page).getByText('Up to date.').waitFor()
  answer.status = 500
  await create(app, { name: 'Mower' })
  await entries(page)
    .getByText(/500.*Failed \d+ times? in a row|500.*Failed once/)
    .waitFor()
  await isAccessible(t, page)
  t.ok(hook.types.includes('product.created'))
})

test('a test message is sent, and the answer told', async (t, open) => {
  const { page, answer } = await opened(t, open, 204)
  await button(page, /^Send a test/).click()
  await page.getByText('The receiver accepted the test message with 204.').waitFor()
  answer.status = 500
  await button(page, /^Send a test/).click()
  await page.getByText(/^The test message was not delivered: .*500/).waitFor()
})

test('a webhook is turned off and on', async (t, open) => {
  const { page } = await opened(t, open, 204)
  const on = entries(page).getByRole('switch')
  await on.click()
  await entries(page).getByText('Off.').waitFor()
  t.match(await webhooks(), [{ enabled: false }])
  await on.click()
  await entries(page).getByText('Up to date.').waitFor()
})

test('changes are delivered again from a number on', async (t, open) => {
  const { page, hook } = await opened(t, open, 204)
  await button(page, /^Deliver again/).click()
  const after = dialog(page).getByRole('textbox', { name: 'All changes after number' })
  await after.fill('the first')
  await button(page, 'Deliver again').last().click()
  await dialog(page).getByRole('alert').getByText('Enter the number of a change').waitFor()
  await after.fill('0')
  await dialog(page).getByRole('button', { name: 'Deliver again' }).click()
  await page.getByText('The changes after 0 are delivered again.').waitFor()
  await becomes(t, async () => hook.types.includes('product.created'), true)
})

test('the secret is replaced, and the webhook deleted', async (t, open) => {
  const { page } = await opened(t, open, 204)
  await button(page, /^Replace the secret/).click()
  await dialog(page).getByRole('button', { name: 'Replace it' }).click()
  await dialog(page)
    .getByText(/^whsec_/)
    .waitFor()
  await dialog(page)
    .getByText(/messages are signed with the previous one too/)
    .waitFor()
  await button(page, 'I have kept it').click()
  await button(page, /^Delete/).click()
  await dialog(page).getByRole('button', { name: 'Delete it' }).click()
  await page.getByText('Deleted the webhook.').waitFor()
  await page.getByText('There are no webhooks yet.').waitFor()
  t.strictSame(await textsOf(entries(page)), [])
  await focused(page.getByRole('heading', { level: 1, name: 'Webhooks' }))
})

test('a webhook says what its changes must be about', async (t, open) => {
  const { id } = await create(app, { name: 'Lawn mower' })
  const { url: hook } = await receiver(t, { status: 204 })
  const payload = { url: hook, product_id: id, tag: 'garden' }
  await app.inject({ method: 'POST', url: WEBHOOKS, payload })
  const page = await open(`${url}/#/webhooks`)
  const about = () => textsOf(entries(page).locator('.description'))
  await becomes(t, about, ['Told of every change; only about Lawn mower; only about tag garden'])
})

test('whatever is to be done with a webhook that someone deleted, the page says so, and it goes', async (t, open) => {
  const expected = [/^(PATCH|POST|DELETE) \S+\/webhooks\/\S+ 404$/]
  const message = (page: Page, text: string) => page.getByText(text, { exact: true })
  const inDialog = (page: Page, name: string) => dialog(page).getByRole('button', { name }).click()
  const acts: [act: (page: Page) => Promise<void>, told: string][] = [
    [
      (page) => entries(page).getByRole('switch').click(),
      'Not changed: someone deleted the webhook',
    ],
    [(page) => button(page, /^Send a test/).click(), 'Not tested: someone deleted the webhook'],
    [
      async (page) => {
        await button(page, /^Deliver again/).click()
        await inDialog(page, 'Deliver again')
      },
      'Not replayed: someone deleted the webhook',
    ],
    [
      async (page) => {
        await button(page, /^Replace the secret/).click()
        await inDialog(page, 'Replace it')
      },
      'Not replaced: someone deleted the webhook',
    ],
    [
      async (page) => {
        await button(page, /^Delete/).click()
        await inDialog(page, 'Delete it')
      },
      'The webhook had already been deleted.',
    ],
  ]
  for (const [act, told] of acts) {
    const { page, id } = await opened(t, open, 204, expected)
    const done = Promise.withResolvers<void>()
    await page.route(`**${WEBHOOKS}?*`, async (route) => {
      await done.promise
      await route.fallback()
    })
    await app.inject({ method: 'DELETE', url: `${WEBHOOKS}/${id}` })
    await act(page)
    await message(page, told).waitFor()
    t.equal(await dialog(page).count(), 0)
    done.resolve()
    await page.getByText('There are no webhooks yet.').waitFor()
  }
})
