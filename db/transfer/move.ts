import { type DatabaseLocation, locationOf, shownUrl } from '../location.ts'
import type { Source, Target } from './ends.ts'
import { named } from './named.ts'
import { type TransferOptions, type TransferSummary, transfer } from './transfer.ts'

async function openSource(name: string, location: DatabaseLocation): Promise<Source> {
  if (location.engine === 'sqlite') {
    const { openSqliteSource } = await import('../sqlite/transfer/source.ts')
    return openSqliteSource(name, location.path)
  }
  const { openPostgresSource } = await import('../postgres/transfer/source.ts')
  return openPostgresSource(name, location.url)
}

async function openTarget(name: string, location: DatabaseLocation): Promise<Target> {
  if (location.engine === 'sqlite') {
    const { openSqliteTarget } = await import('../sqlite/transfer/target.ts')
    return openSqliteTarget(name, location.path)
  }
  const { openPostgresTarget } = await import('../postgres/transfer/target.ts')
  return openPostgresTarget(name, location.url)
}

/** Throws what failed, with the damage that is to blame if the source is a file. */
async function explain(origin: DatabaseLocation, error: unknown): Promise<never> {
  if (origin.engine === 'postgres') throw error
  const { explained } = await import('../sqlite/damage/explain.ts')
  throw explained(origin.path, error)
}

/** What copies a database within an engine. */
const OWN_TOOLS = {
  sqlite: 'both databases are SQLite files; "npm run backup" and "npm run restore" copy one',
  postgres: 'both databases are in PostgreSQL; pg_dump and pg_restore copy one',
}

/**
 * Copies the database that one URL names to the one of the other engine that the other URL names. The one that is
 * copied stays as it is. Rejects with a message that contains no password.
 */
export async function moveDatabase(
  from: string,
  to: string,
  options: TransferOptions,
): Promise<TransferSummary> {
  const [origin, destination] = [locationOf(from), locationOf(to)]
  if (origin.engine === destination.engine) throw new Error(OWN_TOOLS[origin.engine])
  const source = await named(shownUrl(from), openSource(shownUrl(from), origin))
  try {
    const target = await named(shownUrl(to), openTarget(shownUrl(to), destination))
    try {
      return await transfer(source, target, options).catch((error) => explain(origin, error))
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}
