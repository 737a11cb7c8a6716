import { setTimeout as delay } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'

/** What an expression gives in the page, as soon as that is true. */
export async function until<T>(page: Page, expression: string): Promise<T> {
  for (;;) {
    // Not `waitForFunction`: the page's policy does not let it evaluate text.
    const value = (await page.evaluate(expression)) as T
    if (value) return value
    await delay(10)
  }
}

/** Opens a URL in a browser that has nothing of the page yet. */
export async function open(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  context.setDefaultTimeout(10 * 60_000)
  const page = await context.newPage()
  await page.goto(url)
  return page
}
