import { existsSync } from 'node:fs'
import { Type } from '@sinclair/typebox'
import { Config } from '../config/config.ts'
import { readEnvironment } from '../config/environment.ts'
import { databasePath } from '../db/open.ts'
import type { CopyOptions, CopySummary } from '../db/sqlite/copy.ts'
import { withBar } from './bar.ts'
import type { Context } from './context.ts'
import { count, megabytes, secondsSince } from './text.ts'

/** The path of the service's database. Only DATABASE_URL has to be valid. */
export function databaseOf({ env }: Context): string {
  return databasePath(readEnvironment(Type.Pick(Config, ['DATABASE_URL']), env).DATABASE_URL)
}

/** Throws if the file exists and may not be replaced. */
export function assertReplaceable(path: string, force: boolean | undefined): void {
  if (!force && existsSync(path)) throw new Error(`${path} exists; use --force to replace it`)
}

/** Copies a database, shows the progress in a bar, and reports what the copy contains. */
export async function copyWithBar(
  context: Context,
  copy: (options: CopyOptions) => Promise<CopySummary>,
): Promise<void> {
  const { signal, stderr } = context
  const started = performance.now()
  const { products, bytes } = await withBar(context, 'copied', (onProgress) =>
    copy({ signal, onProgress }),
  )
  const size = `${count(products)} products, ${megabytes(bytes)}`
  stderr.write(`copied and checked: ${size}, in ${secondsSince(started)}\n`)
}
