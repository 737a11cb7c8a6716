/**
 * What the service keeps, as whole operations. Every engine behind this interface keeps the promises
 * in its comments; `test/db/contract.ts` holds each of them to it.
 *
 * - A write is durable when its promise resolves: it survives the end of the process and of the
 *   machine. Whoever reads after that sees it.
 * - A write is applied whole or not at all.
 * - An operation that fails for a reason in the database itself rejects with `StoreUnavailable`. A write
 *   that does was not applied and will not be, however long it waited. Only where its commit has begun and
 *   how that ended cannot be told (the disk does not answer, or the writer died) does it reject with
 *   `OutcomeUnknown`.
 * - An operation rejects with `StoreDamaged`, which is a `StoreUnavailable`, where what it needs of the
 *   database is damaged. What needs other parts goes on.
 * - Times are epoch milliseconds unless they are part of a type of the API.
 * - Several processes, each with a store of its own, may share a database where the engine allows it. Such a
 *   process is called an instance. What a promise says of "this instance" is not true of all of them.
 */
import type { AlertStore } from './store/alerts.ts'
import type { CatalogueStore } from './store/catalogue.ts'
import type { CredentialStore } from './store/credentials.ts'
import type { FeedStore } from './store/feed.ts'
import type { HistoryStore } from './store/history.ts'
import type { RunningStore } from './store/running.ts'
import type { WebhookStore } from './store/webhooks.ts'
import type { WorkStore } from './store/work.ts'

export type * from './store/alerts.ts'
export type * from './store/catalogue.ts'
export type * from './store/credentials.ts'
export type * from './store/feed.ts'
export type * from './store/history.ts'
export type * from './store/idempotency.ts'
export type * from './store/outcome.ts'
export type * from './store/ready.ts'
export type * from './store/running.ts'
export type * from './store/webhooks.ts'
export type * from './store/work.ts'

export interface Store
  extends AlertStore,
    CatalogueStore,
    HistoryStore,
    FeedStore,
    WorkStore,
    CredentialStore,
    WebhookStore,
    RunningStore {}
