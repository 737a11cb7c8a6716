import { readFile } from 'node:fs/promises'
import type axe from 'axe-core'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'

const source = await readFile(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/** What axe-core finds fault with, in words. */
async function violations(page: Page, ignored: string[]): Promise<string[]> {
  const { violations: found } = await page.evaluate<axe.AxeResults>(
    `axe.run({ resultTypes: ['violations'] })`,
  )
  return found.flatMap(({ id, nodes }) =>
    ignored.includes(id)
      ? []
      : nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  )
}

/**
 * Asserts that axe-core finds no fault with a page, light on a wide screen and dark on a narrow one. `ignored`
 * names the rules that the page may break.
 */
export async function isAccessible(t: Test, page: Page, ignored: string[] = []): Promise<void> {
  await page.evaluate(source)
  const before = page.viewportSize() ?? { width: 1280, height: 720 }
  t.strictSame(await violations(page, ignored), [], 'light and wide')
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await page.setViewportSize({ width: 360, height: 740 })
  t.strictSame(await violations(page, ignored), [], 'dark and narrow')
  await page.emulateMedia({ colorScheme: null, reducedMotion: null })
  await page.setViewportSize(before)
}
