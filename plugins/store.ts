import fp from 'fastify-plugin'
import { openStore } from '../db/open.ts'
import type { Store } from '../db/store.ts'

/** Refresh intervals after which a product that was not checked counts as stale. */
const STALE_AFTER_INTERVALS = 3

/** Opens the store and brings its tables up to date, decorates `app.store`, closes it. */
export default fp(
  async (app) => {
    const { DATABASE_URL, REFRESH_INTERVAL_SECONDS } = app.config
    const store = await openStore(DATABASE_URL, {
      clock: app.environment.clock,
      newId: app.environment.newId,
      staleAfterMs: STALE_AFTER_INTERVALS * REFRESH_INTERVAL_SECONDS * 1000,
      observer: {
        ...app.metrics.store,
        waiting(waitMs) {
          app.log.warn(
            { database: DATABASE_URL, waitMs },
            'another process has the database open; waiting for it to stop',
          )
        },
        indexing(done, total) {
          app.log.info({ done, total }, 'indexing the products anew, for another kind of search')
        },
        lost(err) {
          // Not ended: a new process would make an empty database where the file is missing, and this
          // one may be the last that still holds the data.
          app.log.fatal({ err }, 'the database file is lost: every write is refused')
        },
        damaged(damage) {
          if (damage.length === 0) {
            app.log.error('damage was met in the database, but a check of all of it found none')
          } else {
            app.log.error(
              { damage },
              `the database is damaged, in ${damage.map(({ part }) => part).join(', ')}; ` +
                'stop the service and run "npm run verify", which rebuilds what can be rebuilt',
            )
          }
        },
        failed(error) {
          // Whoever runs the process starts it anew; one that lives on could only answer 503.
          setImmediate(() => {
            throw error
          })
        },
      },
    })
    app.decorate('store', store)
    app.addHook('onClose', () => store.close())
  },
  { name: 'store', dependencies: ['metrics'] },
)

declare module 'fastify' {
  interface FastifyInstance {
    store: Store
  }
}
