import { readDatabaseUrl } from '../config/config.ts'
import type { CopySummary, Maintenance, ProgressOptions } from '../db/maintenance.ts'
import { maintenanceOf } from '../db/open.ts'
import { withBar } from './bar.ts'
import type { Context } from './context.ts'
import { counted, megabytes, secondsSince } from './text.ts'

/** The service's database. Only DATABASE_URL has to be valid. */
export function databaseOf({ env }: Context): Maintenance {
  return maintenanceOf(readDatabaseUrl(env))
}

/** Throws if something exists that may not be replaced. */
export function assertReplaceable(name: string, exists: boolean, force: boolean | undefined): void {
  if (!force && exists) throw new Error(`${name} exists; use --force to replace it`)
}

/** Copies a database, shows the progress in a bar, and reports what the copy contains. */
export async function copyWithBar(
  context: Context,
  copy: (options: ProgressOptions) => Promise<CopySummary>,
): Promise<void> {
  const { signal, stderr } = context
  const started = performance.now()
  const { products, bytes } = await withBar(context, 'copied', (onProgress) =>
    copy({ signal, onProgress }),
  )
  const size = `${counted(products, 'product')}, ${megabytes(bytes)}`
  stderr.write(`copied and checked: ${size}, in ${secondsSince(started)}\n`)
}
