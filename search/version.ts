/**
 * The version of the output of this folder that engines store: the results of `termsOf` and `sortKey`. Raise
 * it with every change to them; a database with another version is reindexed when it is opened.
 */
export const FOLDING = 1
