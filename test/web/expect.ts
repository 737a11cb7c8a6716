import { isDeepStrictEqual } from 'node:util'
import type { Locator, Page } from 'playwright-core'
import type { Test } from 'tap'

/** Long enough for a slow machine with other work to do. */
const PATIENCE_MS = 30_000

/** Waits until `read` returns the expected value. If it never does, shows how the last value differs. */
export async function becomes<T>(
  t: Test,
  read: () => Promise<T>,
  wanted: T,
  message = 'becomes what is wanted',
): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  let last = await read()
  while (!isDeepStrictEqual(last, wanted) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    last = await read()
  }
  t.strictSame(last, wanted, message)
}

/** Waits until an element has the focus. */
export async function focused(element: Locator): Promise<void> {
  await element.and(element.page().locator(':focus')).waitFor()
}

/** The part of the address that names the place in the page. */
export const placeOf = (page: Page) => new URL(page.url()).hash

/** The texts of elements, including those for screen readers, with single spaces. */
export async function textsOf(elements: Locator): Promise<string[]> {
  const texts = await elements.allTextContents()
  return texts.map((text) => text.replace(/\s+/g, ' ').trim())
}
