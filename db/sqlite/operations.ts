/**
 * All writes, as they run in the writer thread. Each operation is one step of a transaction that the writer opens and
 * commits; it may run again after a rollback. In plain SQL, because loading drizzle takes three times as long as the
 * rest of the thread's start.
 */
import type { Database } from 'better-sqlite3'
import { alertLog } from './operations/alert-log.ts'
import { alertOperations } from './operations/alerts.ts'
import { catalogueOperations } from './operations/catalogue.ts'
import { credentialOperations } from './operations/credentials.ts'
import { extremesOperations } from './operations/extremes.ts'
import { idempotencyOperations } from './operations/idempotency.ts'
import { refreshOperations } from './operations/refresh.ts'
import { retentionOperations } from './operations/retention.ts'
import { webhookOperations } from './operations/webhooks.ts'

/** A run of successful polls ends when none follows within `staleAfterMs`. */
export function operations(db: Database, { staleAfterMs }: { staleAfterMs: number }) {
  const alerts = alertLog(db, staleAfterMs)
  return {
    ...alertOperations(db, alerts, staleAfterMs),
    ...catalogueOperations(db, alerts),
    ...credentialOperations(db),
    ...idempotencyOperations(db),
    ...extremesOperations(db),
    ...refreshOperations(db, staleAfterMs, alerts),
    ...retentionOperations(db),
    ...webhookOperations(db),
  }
}

/** The operations by name, with their input and output. Both can be sent to a thread. */
export type Operations = ReturnType<typeof operations>
