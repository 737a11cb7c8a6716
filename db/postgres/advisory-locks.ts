/**
 * The numbers of the advisory locks of the service. They must differ, because the number is all that identifies a lock
 * to the server. The first one is `PAGR`.
 */

/** Held by the instance that migrates the tables, while the others wait. */
export const MIGRATION_LOCK = 1_346_455_378

/** Held by the instance that compacts, for one step. */
export const COMPACTION_LOCK = 1_346_455_379

/** Held by `migrate-to` while it copies from or to the database. */
export const TRANSFER_LOCK = 1_346_455_380

/**
 * Held by each transaction, in shared mode. A transaction that is retried after a conflict holds it exclusively, so
 * that it cannot conflict with others again and again.
 */
export const WRITE_LOCK = 1_346_455_381

/**
 * Held by transactions that decide about alerts, in shared mode, and alone by one that starts an alert anew, so that no
 * decision by the old rule is committed after that.
 */
export const ALERT_LOCK = 1_346_455_382
