import type { Store } from '../store.ts'
import { readFeed } from './history/feed.ts'
import { probe } from './operations/catalogue.ts'
import { alertStore } from './roles/alerts.ts'
import { catalogueStore } from './roles/catalogue.ts'
import { credentialStore } from './roles/credentials.ts'
import { historyStore } from './roles/history.ts'
import { webhookStore } from './roles/webhooks.ts'
import { workStore } from './roles/work.ts'
import { type PostgresOptions, Session } from './session.ts'

/** The store in a PostgreSQL database, which any number of instances share. */
export interface PostgresStore extends Store {
  /** The id of this instance among the others; undefined while it has no lease. */
  readonly instanceId: string | undefined
  /** Renews the lease now, and adapts the share of the work to the number of instances. */
  renewLease(): Promise<void>
}

function storeOf(session: Session): PostgresStore {
  const { feed, leases, options, reader, work, writer } = session
  return {
    ...alertStore(session),
    ...catalogueStore(session),
    ...historyStore(session),
    ...workStore(session),
    ...credentialStore(session),
    ...webhookStore(session),
    ready: { hits: 0, misses: 0, bytes: 0 },
    damage: [],
    clock: session.clock,
    changes: (query) => readFeed(reader, query),
    onChanges: (listener) => feed.listen(listener),
    renewLease: () => leases.renew(work),

    get instanceId() {
      return leases.id
    },

    get lastSeq() {
      return feed.lastSeq
    },

    get instances() {
      return leases.instances
    },

    get queuedWrites() {
      return writer.queued
    },

    async check() {
      await session.totals()
      await writer.call(probe(options.newId(), session.now()))
    },

    close: () => session.close(),
  }
}

/** Opens the database at a `postgres:` URL, and brings its tables up to date. */
export async function openPostgresStore(
  url: string,
  options: PostgresOptions,
): Promise<PostgresStore> {
  return storeOf(await Session.open(url, options))
}
