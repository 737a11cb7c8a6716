import fp from 'fastify-plugin'
import { shared } from '../concurrency/in-flight.ts'
import { StoreUnavailable } from '../db/errors.ts'
import type { Freshness, Totals } from '../db/store.ts'
import { TARGET_INTERVALS } from '../schemas/status.ts'

/** What the gauges show. */
interface Catalogue {
  totals: Totals
  freshness: Freshness
  /** The age of the oldest check in ms; null if unknown. */
  oldestAgeMs: number | null
}

/** Exposes the state of the catalogue as metrics. Each scrape reads the store once. */
export default fp(
  async (app) => {
    const { clock } = app.store
    const intervalMs = app.config.REFRESH_INTERVAL_SECONDS * 1000
    const ageS = (ms: number | null) => (ms === null ? Number.NaN : ms / 1000)

    // All gauges are collected together, so they share one read of the store.
    const readCatalogue = shared(async (): Promise<Catalogue> => {
      const totals = await app.store.totals()
      const freshness = await app.store.freshness(clock() - TARGET_INTERVALS * intervalMs)
      const { oldestCheckedAt } = freshness
      const oldestAgeMs = oldestCheckedAt === null ? null : Math.max(0, clock() - oldestCheckedAt)
      return { totals, freshness, oldestAgeMs }
    })

    /** A failing database must not cost the other metrics. */
    function unknownIfUnavailable(error: unknown): number {
      if (error instanceof StoreUnavailable) return Number.NaN
      throw error
    }

    const gauge = (name: string, help: string, value: (catalogue: Catalogue) => number) =>
      app.metrics.gauge(name, help, () => readCatalogue().then(value, unknownIfUnavailable))
    gauge('catalogue_products', 'Products', ({ totals }) => totals.products)
    gauge('catalogue_offers', 'Offers on sale', ({ totals }) => totals.offers)
    gauge(
      'catalogue_registrations_pending',
      'Products waiting for their registration with the Offers service',
      ({ totals }) => totals.pending,
    )
    gauge('refresh_products_due', 'Products whose poll is due', ({ freshness }) => freshness.due)
    gauge(
      'refresh_products_failing',
      'Products whose last poll failed',
      ({ freshness }) => freshness.failing,
    )
    gauge(
      'refresh_within_target_ratio',
      'Share of registered and pending products checked within 1.5 intervals',
      ({ freshness }) => freshness.within,
    )
    gauge(
      'refresh_age_p95_seconds',
      '95th percentile of the age of the last check of registered products; NaN if unknown',
      ({ freshness }) => ageS(freshness.p95AgeMs),
    )
    gauge(
      'refresh_age_max_seconds',
      'Age of the oldest last check; NaN if unknown',
      ({ oldestAgeMs }) => ageS(oldestAgeMs),
    )
    app.metrics.gauge(
      'database_damaged_parts',
      'Tables and indexes of the database found damaged since the start',
      () => app.store.damage.length,
    )
    app.metrics.gauge(
      'store_writes_queued',
      'Writes waiting for their commit',
      () => app.store.queuedWrites,
    )
    app.metrics.counter(
      'ready_answers_hits_total',
      'Reads of products, offers, lists and versions of trends that were answered from memory',
      () => app.store.ready.hits,
    )
    app.metrics.counter(
      'ready_answers_misses_total',
      'Reads of products, offers, lists and versions of trends that were not',
      () => app.store.ready.misses,
    )
    app.metrics.gauge(
      'ready_answers_bytes',
      'Memory of the answers that are kept, at most ANSWER_CACHE_MB',
      () => app.store.ready.bytes,
    )
  },
  { name: 'catalogue-metrics', dependencies: ['metrics', 'store'] },
)
