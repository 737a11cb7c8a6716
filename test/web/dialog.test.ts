/** Dialogs that the browser has closed, and has not yet reported as closed: it does that when it draws its next frame. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { create } from '../routes/helper.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const { url, app } = await serveStill(t)

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const dialog = (page: Page) => page.getByRole('dialog')
const field = (page: Page) => dialog(page).getByRole('textbox', { name: 'Name' })

/** Has the page hear of no dialog that is closed until the returned function is called. */
async function holdReports(page: Page): Promise<() => Promise<unknown>> {
  await page.evaluate(`globalThis.held = []
    addEventListener('close', (event) => {
      if (!event.isTrusted) return
      event.stopImmediatePropagation()
      held.push(event.target)
    }, true)`)
  return async () => {
    await page.waitForFunction('held.length > 0')
    await page.evaluate("for (const dialog of held) dialog.dispatchEvent(new Event('close'))")
  }
}

async function pressEscape(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await dialog(page).waitFor({ state: 'detached' }) // It may still be part of the document.
}

// The failure was shown in the dialog that nobody saw any more.
test('a change that fails while its dialog is being closed is reported', async (t, open) => {
  const { id } = await create(app, { name: 'Unsaved' })
  const page = await open(`${url}/#/products/${id}`, { expected: [/^PATCH .* 503$/] })
  const answer = Promise.withResolvers<void>()
  await page.route(/products/, async (route) => {
    if (route.request().method() !== 'PATCH') return route.fallback()
    await answer.promise
    return route.fulfill({ status: 503, json: { message: 'Not now' } })
  })
  await button(page, 'Edit').click()
  await field(page).fill('Saved')
  const report = await holdReports(page)
  await button(page, 'Save').click()
  await pressEscape(page)
  answer.resolve()
  const failures = page.getByRole('alert', { name: 'Failures' })
  await failures.getByText('Not saved: Not now', { exact: true }).waitFor()
  await report()
  await button(page, 'Try again').click()
  t.equal(await field(page).inputValue(), 'Saved')
})

// It was closed at once.
test('a dialog that is opened while another one is being closed stays open', async (t, open) => {
  const page = await open(url)
  await button(page, 'New product').click()
  await field(page).fill('Regretted')
  const report = await holdReports(page)
  await pressEscape(page)
  await button(page, 'New product').click()
  await field(page).fill('Wanted')
  await report()
  await button(page, 'Create').click()
  await page.getByRole('heading', { level: 1, name: 'Wanted' }).waitFor()
  t.equal(await dialog(page).count(), 0)
})
