import { existsSync } from 'node:fs'
import { Config } from '../config/config.ts'
import { readEnvironment } from '../config/environment.ts'
import { databasePath } from '../db/open.ts'
import type { CopyOptions, CopySummary } from '../db/sqlite/copy.ts'
import { Type } from '../typebox.ts'
import { underBar } from './bar.ts'
import type { Context } from './context.ts'
import { count, megabytes, secondsSince } from './text.ts'

/** Where the service's database is. Only the variable that says so has to be good. */
export function databaseOf({ env }: Context): string {
  return databasePath(readEnvironment(Type.Pick(Config, ['DATABASE_URL']), env).DATABASE_URL)
}

/** Throws where a file would be replaced that nobody gave up. */
export function assertReplaceable(path: string, force: boolean | undefined): void {
  if (!force && existsSync(path)) throw new Error(`${path} exists; --force replaces it`)
}

/** Has a database copied under a bar, and says what the copy holds. */
export async function copyUnderBar(
  context: Context,
  copy: (options: CopyOptions) => Promise<CopySummary>,
): Promise<void> {
  const { signal, stderr } = context
  const started = performance.now()
  const { products, bytes } = await underBar(context, 'copied', (onProgress) =>
    copy({ signal, onProgress }),
  )
  const size = `${count(products)} products, ${megabytes(bytes)}`
  stderr.write(`copied and checked: ${size}, in ${secondsSince(started)}\n`)
}
