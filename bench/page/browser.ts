import { setTimeout as delay } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'

/** How long to wait for the page. */
const TIMEOUT_MS = 10 * 60_000

/** Resolves with the value of an expression in the page, as soon as it is truthy. */
export async function until<T>(page: Page, expression: string): Promise<T> {
  const end = Date.now() + TIMEOUT_MS
  while (Date.now() < end) {
    // Not `waitForFunction`: the page's content security policy forbids evaluating text.
    const value = (await page.evaluate(expression)) as T
    if (value) return value
    await delay(10)
  }
  throw new Error(`The page never reached: ${expression}`)
}

/** Opens a URL in a browser with an empty cache. */
export async function open(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  context.setDefaultTimeout(TIMEOUT_MS)
  const page = await context.newPage()
  await page.goto(url)
  return page
}
