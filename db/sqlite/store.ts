import { resolve } from 'node:path'
import type { Store, StoreOptions } from '../store.ts'
import { claimFile } from './claim.ts'
import { explained } from './damage/explain.ts'
import { migrate } from './migrate.ts'
import { readAhead } from './read-ahead.ts'
import { alertStore } from './roles/alerts.ts'
import { catalogueStore } from './roles/catalogue.ts'
import { credentialStore } from './roles/credentials.ts'
import { feedStore } from './roles/feed.ts'
import { historyStore } from './roles/history.ts'
import { webhookStore } from './roles/webhooks.ts'
import { workStore } from './roles/work.ts'
import { bringUpToDate } from './search-index.ts'
import { Session } from './session.ts'
import { TaskTokens } from './task-tokens.ts'
import { touchesNothing } from './touched.ts'
import { Work } from './work.ts'

/**
 * The store in one SQLite file. It reads on the calling thread, through a read-only connection, and passes
 * every write to the writer thread.
 */
function storeOf(session: Session): Store {
  const { reads, writer } = session
  const tokens = new TaskTokens()
  const read = <Result>(query: () => Result) => session.read(query)
  const work = new Work(tokens, {
    registrations: readAhead(read, reads.registrations, reads.registrationPlaces),
    refreshes: readAhead(read, reads.refreshes, reads.refreshPlaces),
  })
  return {
    ...alertStore(session),
    ...catalogueStore(session, work),
    ...historyStore(session),
    ...feedStore(session),
    ...workStore(session, work, tokens),
    ...credentialStore(session, work),
    ...webhookStore(session),
    clock: session.options.clock,
    instances: 1, // The file is locked for this process.

    get lastSeq() {
      return writer.lastSeq
    },

    get queuedWrites() {
      return writer.queued
    },

    get ready() {
      return session.ready.counts
    },

    get damage() {
      return session.watch.damage
    },

    async check() {
      session.totals()
      await writer.call('probe', { at: session.now() }, touchesNothing)
    },

    close: () => session.close(),
  }
}

/**
 * Opens the file at `path`, creates it if it is missing, and brings its tables up to date. No other process can open it
 * as a store until this one is closed.
 */
export async function openSqliteStore(path: string, options: StoreOptions): Promise<Store> {
  const { waitMs, observer } = options
  const { file, lock } = await claimFile(path, { waitMs, onWait: observer?.waiting })
  try {
    migrate(file)
    await bringUpToDate(file, observer?.indexing)
    return storeOf(await Session.open(resolve(path), lock, options))
  } catch (error) {
    lock.release()
    throw explained(file, error)
  }
}

/** Brings the tables of the file at `path` up to date. Rejects if another process has it open. */
export async function migrateSqliteFile(path: string): Promise<void> {
  const { file, lock } = await claimFile(path, { waitMs: 0 })
  try {
    migrate(file)
  } catch (error) {
    throw explained(file, error)
  } finally {
    lock.release()
  }
}
