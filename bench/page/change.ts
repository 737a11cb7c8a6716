import type { Browser } from 'playwright-core'
import { call } from '../../test/process.ts'
import { median } from '../figures.ts'
import type { Workspace } from '../workspace.ts'
import { open, until } from './browser.ts'
import { serve } from './service.ts'

/**
 * Measures how long it takes from a poll that finds a new lowest price until the catalogue and the product's page show
 * it.
 */
export async function change(browser: Browser, running: Workspace) {
  const { service } = await serve(running, 'change', {
    SIMULATOR_TICK_SECONDS: '5',
    REFRESH_INTERVAL_SECONDS: '5',
  })
  const { json: product } = await call('POST', `${service.url}/api/v1/products`, { name: 'One' })
  const places = [
    { name: 'product', place: `#/products/${product.id}`, where: '.lowest' },
    { name: 'catalogue', place: '#/', where: '.rows .price' },
  ]
  const delays: Record<string, number[]> = {}
  for (const { name, place, where } of places) {
    const page = await open(browser, `${service.url}/${place}`)
    await page.locator(where, { hasText: /\d/ }).waitFor()
    const waits: number[] = []
    let price = await page.locator(where).textContent()
    while (waits.length < 10) {
      const shown = `document.querySelector('${where}').textContent`
      const shownAt = await until<number>(
        page,
        `${shown} !== ${JSON.stringify(price)} && Date.now()`,
      )
      price = await page.locator(where).textContent()
      const { json } = await call('GET', `${service.url}/api/v1/products/${product.id}`)
      waits.push(shownAt - Date.parse(json.checked_at))
    }
    delays[name] = waits
    await page.context().close()
  }
  return Object.fromEntries(
    Object.entries(delays).map(([name, waits]) => [
      `change_on_${name}_ms`,
      { median: median(waits), max: Math.max(...waits) },
    ]),
  )
}
