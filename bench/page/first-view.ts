import type { Browser } from 'playwright-core'
import type { Running } from '../../test/process.ts'
import { median } from '../figures.ts'
import { open } from './browser.ts'

/** Measures what a browser with an empty cache loads until the rows and their sparklines are drawn. */
export async function firstView(browser: Browser, { url }: Running) {
  const views: { bytes: number; shown: number; usable: number }[] = []
  for (let run = 0; run < 7; run++) {
    const page = await open(browser, 'about:blank')
    const network = await page.context().newCDPSession(page)
    await network.send('Network.enable')
    let bytes = 0
    network.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength
    })
    const began = performance.now()
    await page.goto(`${url}/#/`)
    await page.locator('.row .price').nth(3).waitFor()
    const shown = performance.now() - began
    await page.getByRole('button', { name: 'New product' }).click()
    await page.getByRole('dialog').waitFor()
    const usable = performance.now() - began
    await page.locator('.sparkline path').nth(10).waitFor()
    views.push({ bytes, shown, usable })
    await page.context().close()
  }
  return {
    first_view_kb: Math.round(median(views.map(({ bytes }) => bytes)) / 100) / 10,
    shown_ms: Math.round(median(views.map(({ shown }) => shown))),
    dialog_opened_ms: Math.round(median(views.map(({ usable }) => usable))),
  }
}
