/**
 * Measures the web page in Chromium: how long it takes to `import` 100,000 products by the page and by
 * the command line, and a backup meanwhile; how much of that catalogue's `first-view` comes over the
 * wire and when it can be used; how long after its poll a `change` of a price is on an open page; and
 * how long the `chart` of a year takes. All of them, or some:
 *
 *     node bench/page.ts --step change --step chart
 *
 * `--products 1000` takes fewer of them, to try it out.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { chromiumOptions } from '../test/web/chromium.ts'
import { change } from './page/change.ts'
import { chart } from './page/chart.ts'
import { firstView } from './page/first-view.ts'
import { importByCommand, importByPage, productsOf, writeProducts } from './page/import.ts'
import { serve, settled } from './page/service.ts'
import { session } from './session.ts'

const { values } = parseArgs({
  options: {
    step: { type: 'string', multiple: true, default: ['import', 'first-view', 'change', 'chart'] },
    products: { type: 'string', default: '100000' },
  },
})
const products = Number(values.products)

await session(async (running) => {
  const browser = await chromium.launch(chromiumOptions())
  const wanted = (step: string) => values.step.includes(step)
  try {
    if (wanted('change')) console.log(await change(browser, running))
    if (wanted('chart')) console.log(await chart(browser, running))
    if (!wanted('import') && !wanted('first-view')) return
    const file = join(running.folder, 'products.csv')
    await writeProducts(file, products)
    const { service } = await serve(running, 'large')
    console.log(await importByPage(browser, service, file))
    if (wanted('import')) {
      const other = await serve(running, 'other')
      const { copy, ...figures } = await importByCommand(running, other, file, products)
      await other.service.stop('SIGTERM')
      await other.simulator.stop('SIGTERM')
      console.log({ ...figures, products_in_restored_backup: await productsOf(running, copy) })
      await rm(copy)
    }
    if (wanted('first-view')) {
      await settled(service)
      console.log(await firstView(browser, service))
    }
  } finally {
    await browser.close()
  }
})
