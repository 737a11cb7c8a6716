import fp from 'fastify-plugin'
import { shownUrl } from '../db/location.ts'
import { openStore } from '../db/open.ts'
import type { Store } from '../db/store.ts'

/** The number of refresh intervals without a check after which a product is stale. */
const STALE_AFTER_INTERVALS = 3

/** Decorates `app.store`: opens the store, which migrates its tables, and closes it. */
export default fp(
  async (app) => {
    const { ANSWER_CACHE_MB, DATABASE_URL, REFRESH_INTERVAL_SECONDS } = app.config
    const { DATABASE_CONNECTIONS, DATABASE_TIMEOUT_MS, DATABASE_LISTEN } = app.config
    const staleAfterMs = STALE_AFTER_INTERVALS * REFRESH_INTERVAL_SECONDS * 1000
    const store = await openStore(DATABASE_URL, {
      clock: app.environment.clock,
      newId: app.environment.newId,
      databaseClock: app.environment.databaseClock,
      staleAfterMs,
      readyBytes: ANSWER_CACHE_MB * 2 ** 20,
      server: {
        connections: DATABASE_CONNECTIONS,
        timeoutMs: DATABASE_TIMEOUT_MS,
        listen: DATABASE_LISTEN === 'on',
      },
      observer: {
        ...app.metrics.store,
        waiting(waitMs) {
          app.log.warn(
            { database: shownUrl(DATABASE_URL), waitMs },
            'another process has the database open; waiting for it to stop',
          )
        },
        indexing(done, total) {
          app.log.info({ done, total }, 'reindexing the products for the new version of the search')
        },
        lost(err) {
          // The process does not exit: a new one would create an empty database in place of the missing file,
          // and this one may be the last to hold the data.
          app.log.fatal({ err }, 'the database file is lost: every write is refused')
        },
        damaged(damage) {
          if (damage.length === 0) {
            app.log.error('a read found damage in the database, but a full check found none')
          } else {
            app.log.error(
              { damage },
              `the database is damaged (${damage.map(({ part }) => part).join(', ')}); ` +
                'stop the service and run "npm run verify", which rebuilds what can be rebuilt',
            )
          }
        },
        failed(error) {
          // Crash, so that the supervisor restarts the process: this one could only answer 503, or would go on from
          // what is no longer so.
          setImmediate(() => {
            throw error
          })
        },
      },
    })
    app.decorate('store', store)
    app.decorate('staleAfterMs', staleAfterMs)
    app.addHook('onClose', () => store.close())
  },
  { name: 'store', dependencies: ['metrics'] },
)

declare module 'fastify' {
  interface FastifyInstance {
    store: Store
    /** A product that was not checked for so long is stale. */
    staleAfterMs: number
  }
}
