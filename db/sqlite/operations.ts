/**
 * Everything that writes, as it runs in the writer's thread. Each operation is one step of a
 * transaction that the writer opens and commits; it may be run again after a rollback. Plain SQL,
 * because loading drizzle into a second thread takes three times as long as all else in it.
 */
import type { Database } from 'better-sqlite3'
import { catalogueOperations } from './operations/catalogue.ts'
import { credentialOperations } from './operations/credentials.ts'
import { refreshOperations } from './operations/refresh.ts'
import { retentionOperations } from './operations/retention.ts'

/** `staleAfterMs`: without a poll for longer than this, nobody was looking. */
export function operations(db: Database, { staleAfterMs }: { staleAfterMs: number }) {
  return {
    ...catalogueOperations(db),
    ...credentialOperations(db),
    ...refreshOperations(db, staleAfterMs),
    ...retentionOperations(db),
  }
}

/** The names of the operations, with what each takes and gives. Both can cross to a thread. */
export type Operations = ReturnType<typeof operations>
