import { execFile } from 'node:child_process'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { call, type Running, SERVICE } from '../../test/process.ts'
import { status, type Workspace } from '../workspace.ts'
import { open } from './browser.ts'
import type { PageService } from './service.ts'

const seconds = (since: number) => Number(((performance.now() - since) / 1000).toFixed(1))

/** Writes a file with this many products to import. */
export async function writeProducts(file: string, products: number): Promise<void> {
  const lines = Array.from(
    { length: products },
    (_, n) => `Product ${n},"The product with the number ${n}, of which there are many"\n`,
  )
  await writeFile(file, `name,description\n${lines.join('')}`)
}

/** Measures an import on the page, and whether the progress bar ever moves back. */
export async function importByPage(browser: Browser, { url }: Running, file: string) {
  const page = await open(browser, `${url}/#/import`)
  await page.getByLabel('File').setInputFiles(file)
  const began = performance.now()
  await page.getByRole('button', { name: 'Import' }).click()
  const bar = page.locator('progress')
  const seen: number[] = []
  while (!(await page.getByText('(100 %)').isVisible())) {
    seen.push(Number(await bar.getAttribute('value')))
    await delay(100)
  }
  const took = seconds(began)
  await page.context().close()
  return {
    import_by_page_s: took,
    bar_only_grew: seen.every((value, index) => value >= (seen[index - 1] ?? 0)),
    bar_samples: new Set(seen).size,
  }
}

/** Measures an import on the command line, with a backup of the live database half-way through. */
export async function importByCommand(
  { folder }: Workspace,
  { service: { url }, database }: PageService,
  file: string,
  products: number,
) {
  const run = promisify(execFile)
  const environment = { env: { ...process.env, DATABASE_URL: database } }
  const before = (await call('GET', `${url}/api/v1/status`)).json.products
  const began = performance.now()
  const importing = run(
    process.execPath,
    ['cli/main.ts', 'import', file, '--url', url],
    environment,
  )
  let created = 0
  while (created < products / 2) {
    await delay(20)
    created = (await call('GET', `${url}/api/v1/status`)).json.products - before
  }
  const copy = join(folder, 'backup.db')
  const copying = performance.now()
  await run(process.execPath, ['cli/main.ts', 'backup', copy], environment)
  const backup = seconds(copying)
  await importing
  return {
    import_by_command_s: seconds(began),
    backup_s: backup,
    backup_mb: Math.round((await stat(copy)).size / 1e6),
    created_before_backup: before + created,
    copy,
  }
}

/** Restores a backup, and returns its number of products. */
export async function productsOf({ folder, start }: Workspace, copy: string): Promise<number> {
  const database = `file:${join(folder, 'restored.db')}`
  await promisify(execFile)(process.execPath, ['cli/main.ts', 'restore', copy], {
    env: { ...process.env, DATABASE_URL: database },
  })
  const restored = await start(SERVICE, {
    PORT: '0',
    DATABASE_URL: database,
    OFFERS_BASE_URL: 'http://127.0.0.1:1/api/v1',
  })
  const { products } = await status(restored)
  await restored.stop('SIGTERM')
  return products
}
