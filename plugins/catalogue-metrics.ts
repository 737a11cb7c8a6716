import fp from 'fastify-plugin'
import { shared } from '../concurrency/in-flight.ts'
import { StoreUnavailable } from '../db/errors.ts'
import type { Freshness, Totals } from '../db/store.ts'
import { TARGET_INTERVALS } from '../schemas/status.ts'

/** What the gauges are read from. */
interface Catalogue {
  totals: Totals
  freshness: Freshness
  /** The age of the oldest check in ms; null where it is not known. */
  oldestAgeMs: number | null
}

/** The state of the catalogue as metrics, asked from the store once each time they are scraped. */
export default fp(
  async (app) => {
    const { clock } = app.environment
    const intervalMs = app.config.REFRESH_INTERVAL_SECONDS * 1000
    const ageS = (ms: number | null) => (ms === null ? Number.NaN : ms / 1000)

    // All gauges are collected in one go, and share one look at the store.
    const readCatalogue = shared(async (): Promise<Catalogue> => {
      const totals = await app.store.totals()
      const freshness = await app.store.freshness(clock() - TARGET_INTERVALS * intervalMs)
      const { oldestCheckedAt } = freshness
      const oldestAgeMs = oldestCheckedAt === null ? null : Math.max(0, clock() - oldestCheckedAt)
      return { totals, freshness, oldestAgeMs }
    })

    /** All other metrics are good where the database cannot tell these. */
    function notKnown(error: unknown): number {
      if (error instanceof StoreUnavailable) return Number.NaN
      throw error
    }

    const gauge = (name: string, help: string, value: (catalogue: Catalogue) => number) =>
      app.metrics.gauge(name, help, () => readCatalogue().then(value, notKnown))
    gauge('catalogue_products', 'Products', ({ totals }) => totals.products)
    gauge('catalogue_offers', 'Offers on sale', ({ totals }) => totals.offers)
    gauge(
      'catalogue_registrations_pending',
      'Products that the Offers service does not know yet',
      ({ totals }) => totals.pending,
    )
    gauge('refresh_products_due', 'Products whose poll is due', ({ freshness }) => freshness.due)
    gauge(
      'refresh_products_failing',
      'Products that failed when they were last polled',
      ({ freshness }) => freshness.failing,
    )
    gauge(
      'refresh_within_target_ratio',
      'The share of products to be polled, pending ones included, checked within 1.5 intervals',
      ({ freshness }) => freshness.within,
    )
    gauge(
      'refresh_age_p95_seconds',
      'The age of the last checks that 95% of the registered products do not exceed; NaN where it is not known',
      ({ freshness }) => ageS(freshness.p95AgeMs),
    )
    gauge(
      'refresh_age_max_seconds',
      'The age of the oldest check; NaN where it is not known',
      ({ oldestAgeMs }) => ageS(oldestAgeMs),
    )
    app.metrics.gauge(
      'database_damaged_parts',
      'Tables and indexes of the database that were found damaged since the start',
      () => app.store.damage.length,
    )
    app.metrics.gauge(
      'store_writes_queued',
      'Writes that wait for their commit',
      () => app.store.queuedWrites,
    )
  },
  { name: 'catalogue-metrics', dependencies: ['metrics', 'store'] },
)
