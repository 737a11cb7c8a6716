/**
 * Measures the web page in Chromium: how long an `import` of 100,000 products takes on the page and on the command
 * line, with a backup during the latter; how much a `first-view` of that catalogue transfers, and when it can be
 * used; how long a `change` of a price takes from its poll to an open page; and how long the `chart` of a year takes.
 * Runs all steps, or those named:
 *
 *     node bench/page.ts --step change --step chart
 *
 * `--products 1000` imports fewer, for a quick try.
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
import { inWorkspace } from './workspace.ts'

const { values } = parseArgs({
  options: {
    step: { type: 'string', multiple: true, default: ['import', 'first-view', 'change', 'chart'] },
    products: { type: 'string', default: '100000' },
  },
})
const products = Number(values.products)

await inWorkspace(async (running) => {
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
