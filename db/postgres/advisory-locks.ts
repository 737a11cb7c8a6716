/**
 * The advisory locks of the service by their numbers, of which no two may be the same: the server does not know what
 * each is for. The first one is `PAGR`.
 */

/** Held by the instance that brings the tables up to date, while the others wait. */
export const MIGRATION_LOCK = 1_346_455_378

/** Held by the instance that compacts, for a step at a time. */
export const COMPACTION_LOCK = 1_346_455_379

/** Held by the process that copies a database, from it or to it, as long as that takes. */
export const TRANSFER_LOCK = 1_346_455_380

/**
 * Held by each transaction together with others, but alone by one that is attempted again after a conflict, so that it
 * does not meet others again and again.
 */
export const WRITE_LOCK = 1_346_455_381
