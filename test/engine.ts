/**
 * The engine under test: SQLite, or PostgreSQL with `TEST_ENGINE=postgres`. Tests of the whole service run on either.
 * Throws `Unavailable` where no server can be started.
 */
const { TEST_ENGINE = 'sqlite' } = process.env
if (!['sqlite', 'postgres'].includes(TEST_ENGINE)) {
  throw new Error(`TEST_ENGINE is ${TEST_ENGINE}; set it to sqlite or postgres`)
}

/** Makes a new PostgreSQL database for a test; undefined if the engine under test is SQLite. */
export const postgresDatabase =
  TEST_ENGINE === 'postgres' ? (await import('./postgres/database.ts')).postgresDatabase : undefined
